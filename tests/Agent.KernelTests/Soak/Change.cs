namespace EbpfAgent.Tests.Soak;

/// <summary>What is done to a plugin.</summary>
internal enum ChangeKind
{
    Touch,
    NewScript,
    NewVersion,
    NewBounds,
    NewHelp,
    NewLabelName,
    AllAtOnce,
    Break,
    Repair,
    Remove,
    Return,
}

/// <summary>One change of one plugin.</summary>
/// <param name="Plugin">The plugin.</param>
/// <param name="Kind">What is done.</param>
/// <param name="Next">What lies in its folder afterwards.</param>
/// <param name="Style">How it gets there.</param>
/// <param name="IsAtRest">Whether its load is paused meanwhile. Where counting begins or ends it has to be, since nobody knows when exactly that is.</param>
/// <param name="IsForgotten">Whether it has been away for longer than it is remembered.</param>
internal sealed record Change(SoakPlugin Plugin, ChangeKind Kind, Content Next, WriteStyle Style, bool IsAtRest, bool IsForgotten = false)
{
    public override string ToString() => $"{Plugin} {Kind} ({Style}{(IsAtRest ? ", at rest" : "")}) -> {Next}";
}

/// <summary>Chooses what is done next. Its choices come from the seed, and from how long a plugin has been away.</summary>
/// <param name="random">Of the seed.</param>
/// <param name="mayForget">Whether some plugins stay away until they are forgotten, which takes more than a minute each.</param>
internal sealed class ChangePicker(Random random, bool mayForget)
{
    // How long a plugin is remembered is a minute; what is within seconds of it can go either way.
    private static readonly TimeSpan SurelyRemembered = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan SurelyForgotten = TimeSpan.FromSeconds(66);

    // Seldom enough that, of those that may stay away, some do until they are forgotten.
    private int ReturnsOneIn => mayForget ? 12 : 2;

    // More often what is done more often.
    private static readonly ChangeKind[] Kinds =
    [
        ChangeKind.Touch, ChangeKind.NewScript, ChangeKind.NewScript, ChangeKind.NewScript, ChangeKind.NewVersion, ChangeKind.NewVersion, ChangeKind.NewBounds, ChangeKind.NewHelp,
        ChangeKind.NewLabelName, ChangeKind.AllAtOnce, ChangeKind.Break, ChangeKind.Break, ChangeKind.Remove,
    ];

    /// <summary>Some change that can be made now; null if the plugin is to be left alone.</summary>
    /// <param name="plugin">The plugin.</param>
    /// <param name="away">How long it has been away.</param>
    public Change? Pick(SoakPlugin plugin, TimeSpan? away)
    {
        if (away is { } time) return time > SurelyForgotten || random.Next(ReturnsOneIn) == 0 ? Return(plugin, time) : null;
        if (plugin.IsBroken) return random.Next(3) > 0 ? Repair(plugin) : Make(plugin, ChangeKind.Touch, plugin.Content);
        Content now = plugin.Content;
        ChangeKind kind = Kinds[random.Next(Kinds.Length)];
        return kind switch
        {
            ChangeKind.NewScript => Make(plugin, kind, Told(now) with { Labelling = Other(now.Labelling) }),
            ChangeKind.NewVersion => Make(plugin, kind, Told(now) with { Version = 3 - now.Version }),
            ChangeKind.NewBounds => Make(plugin, kind, Told(now) with { OtherBounds = !now.OtherBounds }),
            ChangeKind.AllAtOnce => Make(plugin, kind, Told(now) with { Labelling = Other(now.Labelling), Version = 3 - now.Version, OtherBounds = !now.OtherBounds }),
            ChangeKind.NewHelp when plugin.HasManifest => Make(plugin, kind, Told(now)),
            ChangeKind.NewLabelName when plugin.HasManifest =>
                Make(plugin, kind, Told(now) with { Label = now.Label == Content.FirstLabel ? Content.SecondLabel : Content.FirstLabel }, isAtRest: true),
            ChangeKind.Break => Make(plugin, kind, Told(now) with { Damage = plugin.Damages[random.Next(plugin.Damages.Count)] }),
            ChangeKind.Remove => Make(plugin, kind, now, isAtRest: true),
            _ => Make(plugin, ChangeKind.Touch, now),
        };
    }

    /// <summary>What puts a plugin into the state in which all that it ever counted can be seen; null where it is.</summary>
    public Change? Finish(SoakPlugin plugin, TimeSpan? away)
    {
        if (away is { } time) return Return(plugin, time);
        if (!plugin.IsBroken && plugin.Content.Labelling == Labelling.Both) return null;
        return Make(plugin, plugin.IsBroken ? ChangeKind.Repair : ChangeKind.NewScript, Told(plugin.Running!) with { Labelling = Labelling.Both });
    }

    // Null while it is not known what it would have to show.
    private Change? Return(SoakPlugin plugin, TimeSpan away)
    {
        bool isForgotten = away > SurelyForgotten;
        return isForgotten || away < SurelyRemembered ? Make(plugin, ChangeKind.Return, plugin.Content, isAtRest: true) with { IsForgotten = isForgotten } : null;
    }

    // Its help text tells a version from all others, so that a scrape shows which one it is of.
    private static Content Told(Content now) => now with { Help = now.Help + 1 };

    private Change Repair(SoakPlugin plugin)
    {
        Content ran = plugin.Running!;
        Content next = random.Next(2) == 0 ? ran : ran with { Help = plugin.Content.Help + 1, Labelling = Other(ran.Labelling) };
        return Make(plugin, ChangeKind.Repair, next);
    }

    private Labelling Other(Labelling now) => (Labelling)(((int)now + random.Next(1, 3)) % 3);

    private Change Make(SoakPlugin plugin, ChangeKind kind, Content next, bool isAtRest = false) =>
        new(plugin, kind, next, (WriteStyle)random.Next(4), isAtRest || random.Next(3) == 0);
}
