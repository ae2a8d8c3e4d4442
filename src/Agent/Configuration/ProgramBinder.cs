using EbpfAgent.Abstractions;
using EbpfAgent.Configuration.Reading;

namespace EbpfAgent.Configuration;

/// <summary>Reads a manifest's <c>programs</c>: for a program's name what its section doesn't say.</summary>
internal static class ProgramBinder
{
    private static readonly SettingFormat<string> Binary = SettingFormats.Filled("a binary: an absolute path, or a name such as \"libc\" or \"bash\"");
    private static readonly SettingFormat<string> Name = SettingFormats.Filled("a name");
    private static readonly SettingFormat<int> Process = SettingFormats.Integer(1, int.MaxValue);
    private static readonly SettingFormat<int> Priority = SettingFormats.Integer(1, ushort.MaxValue);

    private static readonly SettingFormat<bool> Mode = SettingFormats.OneOf(("driver", false), ("generic", true));
    private static readonly SettingFormat<bool> Direction = SettingFormats.OneOf(("ingress", false), ("egress", true));

    public static IReadOnlyDictionary<string, ProgramOptions> Bind(ObjectReader root)
    {
        var programs = new Dictionary<string, ProgramOptions>(StringComparer.Ordinal);
        root.ObjectsByName("programs", SettingFormats.Identifier, (name, reader) => programs[name] = Program(reader));
        return programs;
    }

    private static ProgramOptions Program(ObjectReader program)
    {
        (string Key, ProgramAttachment? Attachment)[] found =
        [
            .. new (string Key, ProgramAttachment? Attachment)[]
            {
                ("uprobe", program.Object("uprobe", Uprobe)),
                ("usdt", program.Object("usdt", Usdt)),
                ("kprobe", program.Object("kprobe", Kprobe)),
                ("perfEvent", program.Object("perfEvent", PerfEventBinder.Bind)),
                ("xdp", program.Object("xdp", Xdp)),
                ("tc", program.Object("tc", TrafficControl)),
                ("cgroup", Cgroup(program)),
            }.Where(static one => one.Attachment is not null),
        ];
        if (found.Length > 1) program.Refuse(found[1].Key, $"the program is attached by \"{found[0].Key}\" already; a program is attached in one way");
        return new ProgramOptions
        {
            Attachment = found.FirstOrDefault().Attachment,
            IsOptional = program.Optional("optional", false, SettingFormats.Boolean),
            InsteadOf = program.TryGet("insteadOf", SettingFormats.Identifier, out string? preferred) ? preferred : null,
        };
    }

    private static UprobeAttachment Uprobe(ObjectReader probe)
    {
        var read = new UprobeAttachment
        {
            Binary = probe.Required("binary", Binary),
            Symbol = probe.TryGet("symbol", Name, out string? symbol) ? symbol : null,
            Offset = probe.Optional("offset", 0UL, SettingFormats.Unsigned),
            IsReturn = probe.Optional("return", false, SettingFormats.Boolean),
            ProcessId = ProcessId(probe),
        };
        if (read is { Symbol: null, Offset: 0 }) probe.Refuse(null, "says no place in the binary; name a \"symbol\", or an \"offset\" from the beginning of the file");
        return read;
    }

    private static UsdtAttachment Usdt(ObjectReader probe) => new()
    {
        Binary = probe.Required("binary", Binary),
        Provider = probe.Required("provider", Name),
        Name = probe.Required("name", Name),
        ProcessId = ProcessId(probe),
    };

    private static KprobeAttachment Kprobe(ObjectReader probe) => new()
    {
        Functions = Names(probe, "functions", "the functions of the kernel, of which the first that is there is taken"),
        Offset = probe.Optional("offset", 0UL, SettingFormats.Unsigned),
        IsReturn = probe.Optional("return", false, SettingFormats.Boolean),
    };

    private static XdpAttachment Xdp(ObjectReader xdp) => new()
    {
        Interfaces = Names(xdp, "interfaces", "the names of network interfaces"),
        IsGeneric = xdp.Optional("mode", false, Mode),
    };

    private static TrafficControlAttachment TrafficControl(ObjectReader tc) => new()
    {
        Interfaces = Names(tc, "interfaces", "the names of network interfaces"),
        IsEgress = tc.Required("direction", Direction),
        Priority = (ushort)tc.Optional("priority", 0, Priority),
    };

    private static CgroupAttachment? Cgroup(ObjectReader program) =>
        program.TryGet("cgroup", SettingFormats.ControlGroup, out string? path) ? new CgroupAttachment { Path = path } : null;

    private static int? ProcessId(ObjectReader probe) => probe.TryGet("pid", Process, out int process) ? process : null;

    private static string[] Names(ObjectReader owner, string key, string expected)
    {
        IReadOnlyList<ListedValue<string>>? names = owner.Values(key, Name);
        if (names is null) owner.Refuse(key, $"missing; expected a list of {expected}");
        return [.. (names ?? []).Select(static name => name.Value)];
    }
}
