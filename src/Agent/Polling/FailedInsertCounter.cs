using System.Buffers.Binary;
using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Polling;

/// <summary>Reads the 64-bit count that <c>HISTOGRAM(...)</c> keeps of a map's failed inserts.</summary>
/// <param name="calls">The funnel.</param>
/// <param name="section">The map that holds the section <c>.data.histograms</c>.</param>
/// <param name="offset">Where in it the counter is.</param>
/// <param name="subject">The counted map, for messages.</param>
internal sealed class FailedInsertCounter(IMapCalls calls, BpfMap section, int offset, string subject)
{
    private static readonly byte[] OnlyKey = new byte[sizeof(uint)];
    private readonly byte[] _value = new byte[section.Definition.ValueSize];

    public ulong Read()
    {
        int result = calls.Lookup(section.Handle, OnlyKey, _value);
        return result == 0
            ? BinaryPrimitives.ReadUInt64LittleEndian(_value.AsSpan(offset))
            : throw BpfException.Of($"can't read how many inserts into map '{subject}' failed", result);
    }
}
