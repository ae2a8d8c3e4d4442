namespace EbpfAgent.Decoding.BuiltIn.Exporter;

/// <summary>
/// The decoders of cloudflare/ebpf_exporter, version 2, for its configurations: the same inputs, byte orders and texts, those for what is unknown too. There bytes go in and bytes come out of each
/// decoder; where a text follows another decoder it is taken as its UTF-8.
/// </summary>
internal static class ExporterDecoders
{
    public static IReadOnlyDictionary<string, DecoderKind> Kinds { get; } = new Dictionary<string, DecoderKind>(StringComparer.Ordinal)
    {
        ["cgroup"] = DecoderKind.Plain(static host => new ExporterCgroup(host)),
        ["dname"] = DecoderKind.Plain(static _ => new ExporterDname()),
        ["errno"] = DecoderKind.Plain(static _ => new ExporterErrno()),
        ["hex"] = DecoderKind.Plain(static _ => new ExporterHex()),
        ["ifname"] = DecoderKind.Plain(static host => new ExporterInterface(host)),
        ["inet_ip"] = DecoderKind.Plain(static _ => new ExporterIp()),
        ["kstack"] = DecoderKind.Plain(static host => new ExporterKernelStack(host)),
        ["ksym"] = DecoderKind.Plain(static host => new ExporterKernelSymbol(host)),
        ["lbr"] = DecoderKind.Plain(static host => new ExporterBranches(host)),
        ["majorminor"] = DecoderKind.Plain(static host => new ExporterDevice(host)),
        ["pci_class"] = DecoderKind.Plain(static host => new ExporterPciClass(host)),
        ["pci_device"] = DecoderKind.Plain(static host => new ExporterPciDevice(host)),
        ["pci_subclass"] = DecoderKind.Plain(static host => new ExporterPciSubclass(host)),
        ["pci_vendor"] = DecoderKind.Plain(static host => new ExporterPciVendor(host)),
        ["regexp"] = new(DecoderArguments.Items, DecoderArguments.Items, static (spec, _, _) => new ExporterRegexp(spec.Items!)),
        ["static_map"] = new(
            DecoderArguments.Map | DecoderArguments.Fallback, DecoderArguments.None, static (spec, _, _) => new ExporterStaticMap(spec.Map, spec.AllowUnknown)),
        ["string"] = DecoderKind.Plain(static _ => new ExporterString()),
        ["syscall"] = DecoderKind.Plain(static host => new ExporterSyscall(host.Architecture)),
        ["uint"] = DecoderKind.Plain(static _ => new ExporterUnsigned()),
    };
}
