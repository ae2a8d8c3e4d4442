using System.Globalization;
using EbpfAgent.Abstractions;
using EbpfAgent.Configuration.Reading;

namespace EbpfAgent.Configuration;

/// <summary>Reads a perf event by its names in perf(1), or by the kernel's numbers.</summary>
internal static class PerfEventBinder
{
    private static readonly string[] Types = ["hardware", "software", "tracepoint", "hardware-cache", "raw", "breakpoint"]; // PERF_TYPE_* from 0

    private static readonly string[] Hardware = // PERF_COUNT_HW_* from 0
    [
        "cpu-cycles", "instructions", "cache-references", "cache-misses", "branch-instructions", "branch-misses", "bus-cycles",
        "stalled-cycles-frontend", "stalled-cycles-backend", "ref-cycles",
    ];

    private static readonly string[] Software = // PERF_COUNT_SW_* from 0
    [
        "cpu-clock", "task-clock", "page-faults", "context-switches", "cpu-migrations", "minor-faults", "major-faults", "alignment-faults",
        "emulation-faults", "dummy", "bpf-output", "cgroup-switches",
    ];

    public static PerfEventAttachment Bind(ObjectReader perf)
    {
        uint type = Number(perf, "type", Types, "a type") is var number && number <= uint.MaxValue ? (uint)number : 0;
        var read = new PerfEventAttachment
        {
            Type = type,
            Config = Number(perf, "event", type == 0 ? Hardware : type == 1 ? Software : [], "an event"),
            Period = perf.Optional("period", 0UL, SettingFormats.Unsigned),
            Frequency = perf.Optional("frequency", 0UL, SettingFormats.Unsigned),
        };
        if ((read.Period == 0) == (read.Frequency == 0)) perf.Refuse(null, "expected either a \"period\", in events, or a \"frequency\", in runs a second");
        return read;
    }

    private static ulong Number(ObjectReader perf, string key, string[] names, string what)
    {
        string path = SettingPath.Member(perf.Path, key);
        string expected = names.Length == 0 ? $"{what}'s number" : $"{what}: one of {string.Join(", ", names.Select(Quoted.Text))}, or its number";
        if (perf.Raw(key) is not { } node)
        {
            perf.Refuse(perf.Position, path, $"missing; expected {expected}");
            return 0;
        }

        if (node is ScalarNode { Kind: ScalarKind.Number } number && ulong.TryParse(number.Text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)) return value;
        int index = node is ScalarNode { Kind: ScalarKind.String } word ? Array.IndexOf(names, word.Text) : -1;
        if (index < 0) perf.Refuse(node.Position, path, $"expected {expected}; found {Quoted.Value(node)}");
        return (ulong)Math.Max(index, 0);
    }
}
