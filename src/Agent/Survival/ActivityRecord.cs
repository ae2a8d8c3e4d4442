using System.Runtime.InteropServices;

namespace EbpfAgent.Survival;

/// <summary>One version of a plugin in the mapped file. Only what is marked at each poll is written by other threads than the journal's.</summary>
/// <remarks>A multiple of a cache line, so that two plugins' polls don't write to the same one.</remarks>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
internal unsafe struct ActivityRecord
{
    public const int Bytes = 320;
    public const int HashBytes = 16;

    /// <summary>As many as a file's name may have.</summary>
    public const int MaxNameBytes = 255;

    // Far from where the next death would wrap around.
    private const int MostDeaths = 1_000_000;

    /// <summary>1 while the plugin is being loaded. Apart from <see cref="Polling"/>: a reload loads it while it is polled.</summary>
    public int Loading;

    /// <summary>1 while the plugin is being polled.</summary>
    public int Polling;

    /// <summary>How many times the agent has died during either.</summary>
    public int Deaths;

    /// <summary>The <see cref="Activity"/> at the last of them, or 0.</summary>
    public int DiedIn;

    private int _nameLength;
    private fixed byte _hash[HashBytes];
    private fixed byte _name[MaxNameBytes];

    public readonly bool IsFree => _nameLength == 0;

    /// <summary>The plugin's name in UTF-8; empty for a free record.</summary>
    public Span<byte> Name => MemoryMarshal.CreateSpan(ref _name[0], _nameLength);

    private Span<byte> Hash => MemoryMarshal.CreateSpan(ref _hash[0], HashBytes);

    /// <summary>Whether the agent may have written it.</summary>
    public readonly bool IsSane =>
        _nameLength is >= 0 and <= MaxNameBytes && Deaths is >= 0 and <= MostDeaths
        && Loading is 0 or 1 && Polling is 0 or 1
        && DiedIn is >= 0 and <= (int)Activity.Polling;

    public bool IsOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> hash) => Name.SequenceEqual(name) && Hash.SequenceEqual(hash);

    public void Fill(ReadOnlySpan<byte> name, ReadOnlySpan<byte> hash)
    {
        this = default;
        hash.CopyTo(Hash);
        name.CopyTo(MemoryMarshal.CreateSpan(ref _name[0], MaxNameBytes));
        // Last: a record that was begun and not finished is a free one.
        Volatile.Write(ref _nameLength, name.Length);
    }

    /// <summary>Counts the agent's death during an activity, if there was one.</summary>
    public bool Bury()
    {
        if (Loading == 0 && Polling == 0) return false;
        DiedIn = (int)(Loading != 0 ? Activity.Loading : Activity.Polling);
        Deaths = Math.Min(Deaths + 1, MostDeaths);
        Rest();
        return true;
    }

    /// <summary>Nothing is under way.</summary>
    public void Rest() => Loading = Polling = 0;
}
