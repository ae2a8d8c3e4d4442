namespace EbpfAgent.Survival;

/// <summary>
/// Removes what surviving plugins have left: pins, and with the last of them the programs, and totals. What a living agent holds is kept.
/// </summary>
/// <param name="state">Where claims and totals lie.</param>
/// <param name="pinFolder">The folder of all plugins' pins.</param>
/// <param name="isBpf">Whether a path is on a BPF file system: nothing else is emptied, whatever the configuration says.</param>
/// <param name="output">A line for each thing that was removed or kept.</param>
/// <param name="errors">A line for each thing that could not be removed.</param>
internal sealed class Cleanup(StateFolder state, string pinFolder, Func<string, bool> isBpf, TextWriter output, TextWriter errors)
{
    private const string Holder = "ebpf-agent cleanup";

    private bool _failed;

    /// <summary>Cleans up after the agents of a configuration.</summary>
    /// <returns>0, or 1 if something could not be removed.</returns>
    public static int Run(string stateFolder, string pinFolder, TextWriter output, TextWriter errors)
    {
        if (StateFolder.TryOpen(stateFolder, out var state, out string? problem))
            return new Cleanup(state, pinFolder, MountTable.IsBpf, output, errors).Run();
        errors.WriteLine($"ebpf-agent: {problem}");
        return 1;
    }

    /// <returns>0, or 1 if something could not be removed.</returns>
    public int Run()
    {
        string[] plugins = [.. PinnedPlugins().Union(state.Plugins()).Order(StringComparer.Ordinal)];
        foreach (string plugin in plugins) Attempt(plugin, () => Remove(plugin));
        if (plugins.Length == 0) output.WriteLine($"nothing to remove in {pinFolder} and {state.Path}");
        Attempt("crash marks", RemoveJournal);
        RemoveIfEmpty(pinFolder);
        RemoveIfEmpty(state.Path);
        return _failed ? 1 : 0;
    }

    private IEnumerable<string> PinnedPlugins() =>
        Directory.Exists(pinFolder) ? Directory.EnumerateDirectories(pinFolder).Select(static folder => SafeName.Decode(Path.GetFileName(folder))).OfType<string>() : [];

    private void Remove(string plugin)
    {
        using PluginClaim? claim = PluginClaim.TryTake(state, plugin, pinFolder, Holder, out string holder);
        if (claim is null)
        {
            output.WriteLine($"kept {plugin}: held by {holder}");
            return;
        }

        int pins = RemovePins(claim.Pins);
        string totals = File.Exists(state.Record(plugin)) ? ", its totals" : "";
        File.Delete(state.Record(plugin));
        File.Delete(state.Temporary(plugin));
        output.WriteLine($"removed {plugin}: {pins} {(pins == 1 ? "pin" : "pins")}{totals}");
    }

    private int RemovePins(string folder)
    {
        if (!Directory.Exists(folder)) return 0;
        // Whoever may write there could have it lead anywhere.
        if (new DirectoryInfo(folder).LinkTarget is { } target) throw new SurvivalException($"{folder} is a link to {target}, and no folder of pins; remove it by hand");
        if (!isBpf(folder)) throw new SurvivalException($"{folder} is not on a BPF file system, and may be anything; remove it by hand, or correct pinFolder");
        return Empty(new DirectoryInfo(folder));
    }

    // Links are removed, and not followed.
    private static int Empty(DirectoryInfo folder)
    {
        int pins = 0;
        foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo { LinkTarget: null } below)
            {
                pins += Empty(below);
                continue;
            }

            File.Delete(entry.FullName);
            pins++;
        }

        folder.Delete();
        return pins;
    }

    private void RemoveJournal()
    {
        using ProcessLock? taken = ProcessLock.TryTake(state.ActivityLock, state.ActivityHolder, Holder, out string holder);
        if (taken is null)
        {
            output.WriteLine($"kept the marks of crashes: held by {holder}");
            return;
        }

        if (File.Exists(state.Activity)) output.WriteLine("removed the marks of crashes");
        File.Delete(state.Activity);
        File.Delete(state.ActivityTemporary);
    }

    private void Attempt(string what, Action remove)
    {
        try
        {
            remove();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SurvivalException)
        {
            _failed = true;
            errors.WriteLine($"ebpf-agent: {what} can't be removed: {e.Message}");
        }
    }

    private static void RemoveIfEmpty(string folder)
    {
        try
        {
            if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any()) Directory.Delete(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // An empty folder harms nobody; it may be a mount.
        }
    }
}
