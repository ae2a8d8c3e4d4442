using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Soak;

/// <summary>How the agent comes to know of a change.</summary>
internal enum Trigger
{
    /// <summary>It looks by itself, and waits till nothing moves.</summary>
    Wait,

    Post,

    Signal,
}

/// <summary>Makes changes, waits until the agent has taken them up, and tells the model.</summary>
internal sealed class ChangeMaker(SoakedAgent agent, Load load, Checkpoint checkpoint, PluginWriter writer, SoakReport report, Random random)
{
    /// <summary>Makes changes of several plugins at a time.</summary>
    /// <param name="changes">One for a plugin at most.</param>
    /// <param name="trigger">How the agent comes to know.</param>
    /// <param name="isWell">Whether all is well with what then lies there.</param>
    public async Task ApplyAsync(IReadOnlyList<Change> changes, Trigger trigger, Func<bool> isWell)
    {
        Scrape before = await agent.Watch.ScrapeAsync();
        foreach (Change change in changes) await MakeAsync(change);
        report.Did($"by {trigger}", $"{trigger}");
        if (trigger == Trigger.Post) await agent.PostReloadAsync(isWell());
        if (trigger == Trigger.Signal) agent.SignalReload();
        foreach (Change change in changes)
        {
            await agent.UntilAsync(scrape => HasCome(change, scrape, before), $"{change}");
            Account(change);
            // What happens while it is away is not to be counted, be it something or nothing.
            if (change.Kind != ChangeKind.Remove || random.Next(2) == 0) load.Resume(change.Plugin.Number);
        }

        if (trigger == Trigger.Post) await CheckTouchedAsync(changes, before);
    }

    /// <summary>
    /// Writes another configuration, and waits until it is applied, and the plugins reloaded by it, so that this is not taken for a later change's doing.
    /// </summary>
    public async Task ConfigureAsync(string interval, bool isValid, Trigger trigger, IReadOnlyList<SoakPlugin> plugins)
    {
        Scrape before = await agent.Watch.ScrapeAsync();
        bool reloads = isValid && interval != agent.Interval;
        agent.Configure(interval, isValid);
        report.Did(isValid ? "Configure" : "BreakConfiguration", $"agent.json: {(isValid ? interval : "invalid")}, {trigger}");
        if (trigger == Trigger.Post) await agent.PostReloadAsync(isValid && !plugins.Any(static plugin => plugin is { RemovedAt: null, IsBroken: true }));
        if (trigger == Trigger.Signal) agent.SignalReload();
        SoakPlugin[] reloaded = [.. plugins.Where(plugin => reloads && plugin is { Running: not null, IsBroken: false })];
        await agent.UntilAsync(
            scrape => agent.HasConfigured(scrape, before) && reloaded.All(plugin => SoakedAgent.IsIn(scrape, plugin, "running") && SoakedAgent.Reloads(scrape, plugin) > SoakedAgent.Reloads(before, plugin)),
            $"the configuration, {(isValid ? "applied" : "refused")}");
    }

    private async Task CheckTouchedAsync(IReadOnlyList<Change> changes, Scrape before)
    {
        Scrape after = await agent.Watch.ScrapeAsync();
        foreach (Change change in changes.Where(static change => change.Kind == ChangeKind.Touch))
        {
            if (SoakedAgent.Reloads(after, change.Plugin) != SoakedAgent.Reloads(before, change.Plugin)) report.Problem($"{change.Plugin} was reloaded, though nothing has changed");
        }
    }

    private async Task MakeAsync(Change change)
    {
        SoakPlugin plugin = change.Plugin;
        report.Did($"{change.Kind}", $"{change}");
        if (change.IsAtRest) await RestAsync(plugin);
        if (change.IsForgotten) await agent.Watch.ForgetMetricAsync(plugin.Metric);
        if (change.IsForgotten) await agent.Watch.ForgetPluginAsync(plugin.Name);
        if (change.Kind == ChangeKind.Remove)
        {
            writer.Remove(plugin.Name);
            plugin.RemovedAt = TimeProvider.System.GetTimestamp();
        }
        else if (change.Kind == ChangeKind.Touch)
        {
            writer.Touch(plugin.Name, change.Style, random);
        }
        else
        {
            writer.Write(plugin.Name, plugin.Files(change.Next), change.Style, random);
            plugin.Content = change.Next;
        }
    }

    // Paused, and all that was made before is accounted for.
    private async Task RestAsync(SoakPlugin plugin)
    {
        load.Pause(plugin.Number);
        if (plugin.Running is not null) await checkpoint.LookAsync([plugin], []);
    }

    private static bool HasCome(Change change, Scrape scrape, Scrape before)
    {
        SoakPlugin plugin = change.Plugin;
        if (change.Kind == ChangeKind.Remove) return SoakedAgent.IsGone(scrape, plugin);
        if (plugin.IsBroken) return SoakedAgent.IsIn(scrape, plugin, "outdated");
        if (!SoakedAgent.IsIn(scrape, plugin, "running")) return false;
        // Without a series there is no help text either, and nothing to be mistaken for it.
        if (change.Kind == ChangeKind.Return) return true;
        if (!SoakedAgent.Shows(scrape, plugin, change.Next)) return false;
        return plugin.HasManifest || plugin.Running == change.Next || SoakedAgent.Reloads(scrape, plugin) > SoakedAgent.Reloads(before, plugin);
    }

    // What has come, in the model's terms.
    private void Account(Change change)
    {
        SoakPlugin plugin = change.Plugin;
        if (change.Kind == ChangeKind.Remove) plugin.Running = null;
        if (change.Kind == ChangeKind.Remove || plugin.IsBroken) return;
        long[]? made = change.IsAtRest ? load.Made(plugin.Number) : null;
        if (plugin.Running is { } before && before.OtherBounds != change.Next.OtherBounds) plugin.Ledger.ChangeMap();
        if (change.Kind == ChangeKind.Return && !change.IsForgotten) plugin.Ledger.Return(made!);
        plugin.Ledger.Relabel(change.Next.Labelling, made);
        if (change.Kind == ChangeKind.NewLabelName && plugin.Running is { } former) plugin.Ledger.Rename(former.Label, change.Next.Label, made!);
        if (change.IsForgotten) plugin.Ledger.Forget(made!);
        (plugin.Running, plugin.RemovedAt) = (change.Next, null);
    }
}
