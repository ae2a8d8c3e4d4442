using EbpfAgent.Configuration.Reading;
using EbpfAgent.Decoding.BuiltIn;

namespace EbpfAgent.Configuration.EbpfExporter;

/// <summary>A label as written: what it is, and where, for what only its metric can tell.</summary>
/// <param name="Spec">The label; its place has size 0 after an error.</param>
/// <param name="End">The first byte of the key that is not the label's, its padding included.</param>
/// <param name="Reader">Its settings.</param>
internal sealed record LabelEntry(LabelSpec Spec, int End, ObjectReader Reader)
{
    private const string CpuName = "cpu";
    private const int CpuBytes = 2;

    /// <summary>Whether it is what ebpf_exporter takes for a per-CPU map's CPU, where it comes last.</summary>
    public bool IsCpu => Spec is { Name: CpuName, Place.Size: CpuBytes } && IsPlainNumber;

    /// <summary>Whether its one decoder is <c>uint</c>.</summary>
    public bool IsPlainNumber => Spec.Decoders is [{ Name: "uint" }];
}
