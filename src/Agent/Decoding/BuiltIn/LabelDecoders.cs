using EbpfAgent.Decoding.BuiltIn.Exporter;
using EbpfAgent.Decoding.BuiltIn.Steps;
using EbpfAgent.Decoding.BuiltIn.Tables;

namespace EbpfAgent.Decoding.BuiltIn;

/// <summary>The built-in decoders, by name.</summary>
internal static class LabelDecoders
{
    private static readonly Dictionary<string, DecoderKind> Kinds = new(StringComparer.Ordinal)
    {
        ["address_family"] = DecoderKind.Plain(static _ => new NamedNumberStep(static number => AddressFamilies.Names[number])),
        ["bool"] = DecoderKind.Plain(static _ => new BoolStep()),
        ["cgroup"] = DecoderKind.Plain(static host => new CgroupStep(host, static path => path)),
        ["comm"] = DecoderKind.Plain(static host => NamedNumberStep.Of32Bits(host.ProcessName)),
        ["container"] = DecoderKind.Plain(static host => new CgroupStep(host, CgroupPaths.Container)),
        ["dname"] = DecoderKind.Plain(static _ => new DnameStep()),
        ["enum"] = new(DecoderArguments.Map | DecoderArguments.Fallback, DecoderArguments.None, static (spec, _, _) => new EnumStep(spec.Map, spec.Default, spec.AllowUnknown)),
        ["errno"] = DecoderKind.Plain(static _ => new ErrnoStep()),
        ["hex"] = DecoderKind.Plain(static _ => new HexStep()),
        ["ifname"] = DecoderKind.Plain(static host => NamedNumberStep.Of32Bits(host.InterfaceName)),
        ["int"] = DecoderKind.Plain(static _ => new IntegerStep(isSigned: true)),
        ["ip"] = DecoderKind.Ordered(static isHostOrder => new IpStep(isHostOrder)),
        ["kstack"] = DecoderKind.Plain(static host => new KernelStackStep(host)),
        ["ksym"] = DecoderKind.Plain(static host => new KernelSymbolStep(host)),
        ["mac"] = DecoderKind.Plain(static _ => new MacStep()),
        ["majorminor"] = DecoderKind.Plain(static host => new DeviceStep(host)),
        ["netns"] = DecoderKind.Plain(static host => NamedNumberStep.Of32Bits(host.NetworkNamespaceName)),
        ["pci_class"] = DecoderKind.Plain(PciStep.Class),
        ["pci_device"] = DecoderKind.Plain(PciStep.Device),
        ["pci_subclass"] = DecoderKind.Plain(PciStep.Subclass),
        ["pci_vendor"] = DecoderKind.Plain(PciStep.Vendor),
        ["pid"] = DecoderKind.Plain(static _ => new IntegerStep(isSigned: null)),
        ["pod"] = DecoderKind.Plain(static host => new CgroupStep(host, CgroupPaths.PodUid)),
        ["port"] = DecoderKind.Ordered(static isHostOrder => new PortStep(isHostOrder)),
        ["protocol"] = DecoderKind.Plain(static _ => new NamedNumberStep(static number => Protocols.Names[number])),
        ["regexp"] = new(DecoderArguments.Items, DecoderArguments.Items, static (spec, _, _) => new RegexpStep(spec.Items!)),
        ["signal"] = DecoderKind.Plain(static _ => new NamedNumberStep(static number => Signals.Names[number])),
        ["softirq"] = DecoderKind.Plain(static _ => new NamedNumberStep(static number => Softirqs.Names[number])),
        ["static_map"] = new(
            DecoderArguments.Map | DecoderArguments.Fallback, DecoderArguments.Map, static (spec, _, _) => new StaticMapStep(spec.Map!, spec.Default, spec.AllowUnknown)),
        ["string"] = DecoderKind.Plain(static _ => new StringStep()),
        ["syscall"] = DecoderKind.Plain(static host => new SyscallStep(host.Architecture)),
        ["tcp_state"] = DecoderKind.Plain(static _ => new NamedNumberStep(static number => TcpStates.Names[number])),
        ["time_buckets"] = new(DecoderArguments.Items, DecoderArguments.Items, static (spec, _, _) => new TimeBucketStep(spec.Items!)),
        ["uid"] = DecoderKind.Plain(static host => NamedNumberStep.Of32Bits(host.UserName)),
        ["uint"] = DecoderKind.Plain(static _ => new IntegerStep(isSigned: false)),
        ["ustack"] = new(DecoderArguments.OtherField, DecoderArguments.None, static (spec, host, layout) => new UserStackStep(host, ProcessField.Find(spec.OtherField, layout))),
    };

    /// <summary>The names of this agent's, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Kinds.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Makes a step of a chain.</summary>
    /// <param name="spec">Which decoder, with its arguments.</param>
    /// <param name="host">The machine.</param>
    /// <param name="layout">The key, for decoders that need a second field; null where no BTF describes it.</param>
    /// <exception cref="FormatException">There is no such decoder, or its arguments are wrong; the message is the rest of a sentence that begins with the place where it was written.</exception>
    public static ILabelStep Create(DecoderSpec spec, IHost host, KeyLayout? layout)
    {
        IReadOnlyDictionary<string, DecoderKind> kinds = spec.Dialect == DecoderDialect.EbpfExporter ? ExporterDecoders.Kinds : Kinds;
        if (!kinds.TryGetValue(spec.Name, out var kind))
            throw new FormatException($"there is no decoder '{spec.Name}'; there are {string.Join(", ", kinds.Keys.Order(StringComparer.Ordinal))}");
        kind.Check(spec);
        return kind.Make(spec, host, layout);
    }

    /// <summary>Whether there is such a decoder, and its name is enough to use it.</summary>
    public static bool NeedsNothing(string name) => Kinds.TryGetValue(name, out var kind) && kind.Required == DecoderArguments.None;

    /// <summary>Which arguments a decoder may be given; none for a name that is no decoder's, which <see cref="Create"/> refuses.</summary>
    public static DecoderArguments ArgumentsOf(string name) => Kinds.TryGetValue(name, out var kind) ? kind.Allowed : DecoderArguments.None;
}
