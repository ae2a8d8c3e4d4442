using System.Globalization;
using EbpfAgent.Bpf;
using EbpfAgent.Configuration;
using EbpfAgent.Discovery;
using EbpfAgent.Lifecycle;
using EbpfAgent.Series;

namespace EbpfAgent.Hosting.Commands;

/// <summary><c>ebpf-agent check</c>: says what the agent would make of a plugin, and whether it could run it.</summary>
internal sealed class CheckCommand(AgentConfiguration configuration, TextWriter output, TextWriter errors)
{
    private readonly CommandLog _log = new(output);

    /// <param name="path">A plugin's folder or file, or a folder of plugins.</param>
    /// <param name="load">Whether it is loaded and attached as well, for the moment.</param>
    /// <returns>Whether all is well.</returns>
    public bool Run(string path, bool load)
    {
        var trial = new PluginTrial(configuration, TimeProvider.System, _log);
        try
        {
            bool isWell = true;
            // Each to its end: the next one's errors are wanted too.
            foreach (PluginCandidate candidate in PluginTrial.Find(path)) isWell &= Check(trial, candidate, load);
            return isWell;
        }
        catch (PluginException e)
        {
            errors.WriteLine($"ebpf-agent: {e.Message}");
            return false;
        }
    }

    private bool Check(PluginTrial trial, PluginCandidate candidate, bool load)
    {
        output.WriteLine($"{candidate.Name} ({candidate.EntryPath})");
        try
        {
            using (ExaminedPlugin examined = trial.Examine(candidate)) Tell(examined);
            if (load) Load(trial, candidate);
            output.WriteLine(load ? "  ok: loaded, attached and polled" : "  ok");
            return true;
        }
        catch (PluginException e)
        {
            errors.WriteLine($"  {(e.Error == PluginError.Unsupported ? "unsupported here" : "error")}: {e.Message.ReplaceLineEndings("\n  ")}");
            return false;
        }
    }

    private void Tell(ExaminedPlugin examined)
    {
        output.WriteLine($"  object: {examined.Object.Name}");
        foreach (BpfProgram program in examined.Object.Programs) output.WriteLine($"  program: {program.Name} ({program.Section})");
        foreach (MetricBinding binding in examined.Bindings)
        {
            FamilyDescription metric = binding.Description;
            output.WriteLine($"  metric: {metric.Name}{Labels(metric)} {metric.Kind.ToString().ToLowerInvariant()}, from {binding.Map.Kind.Name()} '{binding.Map.Name}'{Room(binding.Map)}");
            if (Lint(metric) is { } advice) _log.Warn(advice);
        }

        foreach (string remark in examined.Definition.Remarks) _log.Warn(remark);
    }

    private static string Labels(FamilyDescription metric) => metric.LabelNames.Count == 0 ? "" : $"{{{string.Join(",", metric.LabelNames)}}}";

    private static string Room(MapDefinition map)
    {
        if (map.Kind is MapKind.RingBuffer or MapKind.PerfEventArray) return $", events of {map.KeySize} bytes";
        long values = map.IsPerCpu ? (long)map.Stride * PossibleCpus.Count : map.ValueSize;
        long bytes = (map.KeySize + values) * map.MaxEntries;
        string size = bytes < 10_240 ? $"{bytes} bytes" : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0} KiB");
        return $", {map.MaxEntries} entries, at most {size} of keys and values here";
    }

    private static string? Lint(FamilyDescription metric) => metric switch
    {
        { Kind: FamilyKind.Counter } when !metric.Name.EndsWith("_total", StringComparison.Ordinal) => $"{metric.Name} is a counter, and by Prometheus' convention its name ends in _total",
        { Kind: not FamilyKind.Counter } when metric.Name.EndsWith("_total", StringComparison.Ordinal) => $"{metric.Name} ends in _total, which by Prometheus' convention is for counters",
        _ => null,
    };

    private void Load(PluginTrial trial, PluginCandidate candidate)
    {
        try
        {
            using RunningPlugin running = trial.Run(candidate, static binding => binding);
            foreach ((string program, string reason) in running.Object.Unsupported) output.WriteLine($"  without its optional program '{program}', which is unsupported here: {reason}");
            foreach ((string program, string by, string reason) in running.Object.Outcome.Replaced) output.WriteLine($"  '{by}' runs instead of '{program}': {reason}");
            running.Maintain();
            foreach (string place in running.Object.Pending) output.WriteLine($"  {place}");
            running.Poll();
            foreach (MetricFamily family in running.Families) output.WriteLine($"  polled: {family.Description.Name}, {family.Series.Count} series");
        }
        catch (BpfException e)
        {
            throw PluginErrors.From(e);
        }
    }
}
