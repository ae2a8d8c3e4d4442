using System.Buffers.Binary;
using System.Globalization;

namespace EbpfAgent.Decoding.BuiltIn.Exporter;

/// <summary><c>lbr</c>: the processor's last branches, <c>struct perf_branch_entry</c>, a line for each: whence and whither, as addresses and as symbols that begin there.</summary>
internal sealed class ExporterBranches(IHost host) : ILabelStep
{
    private const int EntrySize = 24;

    public bool AsksHost => true;

    public string Decode(in LabelInput input)
    {
        var bytes = ExporterInput.Bytes(input);
        if (bytes.IsEmpty)
            return "<empty>";
        var lines = new string[bytes.Length / EntrySize];
        for (var i = 0; i < lines.Length; i++)
        {
            var from = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(i * EntrySize)..]);
            var to = BinaryPrimitives.ReadUInt64LittleEndian(bytes[((i * EntrySize) + sizeof(ulong))..]);
            lines[i] = string.Create(CultureInfo.InvariantCulture, $"0x{from:x8} -> 0x{to:x8} | {Symbol(from)} -> {Symbol(to)}");
        }

        return string.Join('\n', lines);
    }

    private string? Symbol(ulong address) => ExporterKernelSymbol.FirstOf(host, address);
}
