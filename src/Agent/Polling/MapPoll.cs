using System.Buffers.Binary;
using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Series;

namespace EbpfAgent.Polling;

/// <summary>One map and the family that it feeds.</summary>
/// <param name="map">The map; borrowed.</param>
/// <param name="reader">Reads it.</param>
/// <param name="intake">Takes what was read into the family.</param>
/// <param name="family">What the map becomes.</param>
/// <param name="failedInserts">Where the kernel counts what it could not place; null where it doesn't.</param>
/// <param name="sharesCounter">Whether that counter is the one of the version before, and goes on.</param>
/// <remarks>Belongs to its plugin's polling thread; <see cref="Entries"/> and <see cref="FailedInserts"/> may be read by any.</remarks>
internal sealed class MapPoll(
    BpfMap map, MapReader reader, IEntrySink intake, HistogramFamily family, FailedInsertCounter? failedInserts, bool sharesCounter = false)
{
    public BpfMap Map { get; } = map;

    public HistogramFamily Family { get; } = family;

    /// <summary>How many entries the map had at the last poll that was kept.</summary>
    public int Entries { get; private set; }

    /// <summary>How many observations the kernel could not place, because the map was full; null where the object doesn't count them.</summary>
    public ulong? FailedInserts { get; private set; }

    private int _staged;
    private ulong? _stagedFailures;
    private ulong _failedBefore;

    /// <summary>Goes on from what another version of the plugin has counted. Before the first <see cref="Stage"/>, and when nobody polls the other any more.</summary>
    /// <param name="old">The other version's poll of the same metric; not to be used after this.</param>
    /// <param name="sameMap">Whether both read the same map of the kernel.</param>
    public void TakeOver(MapPoll old, bool sameMap)
    {
        Family.TakeOver(old.Family, sameMap);
        // The counter is in a map of its own, which may go on where the counted map does not: with other bounds, say.
        bool sameCounter = sharesCounter && Map.Definition.Name == old.Map.Definition.Name;
        _failedBefore = sameCounter ? old._failedBefore : old.FailedInserts ?? 0;
        FailedInserts = old.FailedInserts;
        Entries = sameMap ? old.Entries : 0;
    }

    /// <summary>Reads the map; nothing of it is visible until <see cref="Commit"/>.</summary>
    /// <exception cref="BpfException">The map can't be read.</exception>
    public void Stage()
    {
        Family.Begin();
        _staged = reader.Read(intake);
        _stagedFailures = failedInserts?.Read();
    }

    /// <summary>Makes the last <see cref="Stage"/> visible. Call with the family's gate held.</summary>
    public void Commit()
    {
        Family.Commit();
        Entries = _staged;
        FailedInserts = _stagedFailures + _failedBefore;
    }
}

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
