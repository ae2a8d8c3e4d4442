namespace EbpfAgent.Decoding.BuiltIn;

/// <summary>A decoder of which steps can be made. Immutable.</summary>
/// <param name="Allowed">What it may be told.</param>
/// <param name="Required">What it can't do without.</param>
/// <param name="Make">Makes a step; throws <see cref="FormatException"/> for arguments that are wrong.</param>
internal sealed record DecoderKind(DecoderArguments Allowed, DecoderArguments Required, Func<DecoderSpec, IHost, KeyLayout?, ILabelStep> Make)
{
    public const string OrderOption = "order";

    /// <summary>A decoder without arguments.</summary>
    public static DecoderKind Plain(Func<IHost, ILabelStep> make) => new(DecoderArguments.None, DecoderArguments.None, (_, host, _) => make(host));

    /// <summary>A decoder of addresses or ports, which may be told their byte order.</summary>
    /// <param name="make">Takes whether it is the machine's own.</param>
    public static DecoderKind Ordered(Func<bool, ILabelStep> make) => new(DecoderArguments.Order, DecoderArguments.None, (spec, _, _) => make(IsHostOrder(spec)));

    /// <exception cref="FormatException">An argument is not this decoder's, or one that it needs is missing.</exception>
    public void Check(DecoderSpec spec)
    {
        Check(spec.Name, "a map", DecoderArguments.Map, spec.Map is not null);
        Check(spec.Name, "a list", DecoderArguments.Items, spec.Items is { Count: > 0 });
        Check(spec.Name, "\"default\" or \"allowUnknown\"", DecoderArguments.Fallback, spec.Default is not null || spec.AllowUnknown);
        Check(spec.Name, "the name of a second field", DecoderArguments.OtherField, spec.OtherField is not null);
        foreach (var option in spec.Options.Keys)
        {
            if (option != OrderOption || !Allowed.HasFlag(DecoderArguments.Order))
                throw new FormatException($"the decoder '{spec.Name}' has no option \"{option}\"{(Allowed.HasFlag(DecoderArguments.Order) ? $"; it has \"{OrderOption}\"" : "")}");
        }
    }

    private void Check(string name, string what, DecoderArguments argument, bool isGiven)
    {
        if (isGiven && !Allowed.HasFlag(argument))
            throw new FormatException($"the decoder '{name}' takes no argument like {what}");
        if (!isGiven && Required.HasFlag(argument))
            throw new FormatException($"the decoder '{name}' needs {what}");
    }

    private static bool IsHostOrder(DecoderSpec spec) => spec.Options.GetValueOrDefault(OrderOption, "network") switch
    {
        "network" => false,
        "host" => true,
        var order => throw new FormatException($"the option \"{OrderOption}\" of '{spec.Name}' is '{order}'; it is \"network\" or \"host\""),
    };
}
