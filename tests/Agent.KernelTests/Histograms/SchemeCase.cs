namespace EbpfAgent.Tests.Histograms;

/// <summary>A scheme of fixtures/bpf/schemes.bpf.c, and its bounds worked out in integers of 128 bits, without the agent's code.</summary>
/// <param name="Map">The map; <c>observe_MAP</c> is its program.</param>
/// <param name="UnitsPerOne">How many of the map's units are 1 in the exposition.</param>
/// <param name="Bounds">Each bound times 2^20 in the map's unit, which is an integer for every scheme there is.</param>
public sealed record SchemeCase(string Map, uint UnitsPerOne, UInt128[] Bounds)
{
    private const int FractionBits = 20;

    public static SchemeCase Of(string map) => map switch
    {
        "by_log2" or "on_demand" => new(map, 1, [.. Enumerable.Range(0, 27).Select(static i => UInt128.One << (i + FractionBits))]),
        "by_seconds" => new(map, 1_000_000_000, [.. Enumerable.Range(0, 26).Select(static i => (UInt128)1_000_000_000 << i)]),
        "by_linear" => new(map, 1, [.. Enumerable.Range(1, 20).Select(static i => (UInt128)(10 * i) << FractionBits)]),
        "by_bounds" => new(map, 1, [.. new uint[] { 1, 5, 10, 50 }.Select(static bound => (UInt128)bound << FractionBits)]),
        _ => throw new ArgumentOutOfRangeException(nameof(map), map, "no such scheme"),
    };

    public string Program => $"observe_{Map}";

    /// <summary>The slot of the smallest bound that is not below the value; the last one if there is none.</summary>
    public int SlotOf(ulong value)
    {
        int slot = Array.FindIndex(Bounds, bound => (UInt128)value << FractionBits <= bound);
        return slot >= 0 ? slot : Bounds.Length;
    }

    /// <summary>Whether this is the bound of the slot, as it is written.</summary>
    public bool IsBoundOf(string le, int slot) =>
        slot == Bounds.Length
            ? le == "+Inf"
            // Doubles of this size are integers, so that nothing is rounded here.
            : Support.Scrape.Bound(le) * UnitsPerOne * (1 << FractionBits) == (double)Bounds[slot];

    /// <summary>0, 2^64 - 1, and every power of two with its neighbours.</summary>
    public static IReadOnlyList<ulong> Edges { get; } =
        [.. Enumerable.Range(0, 64).Select(static k => 1UL << k).SelectMany(static power => new[] { power - 1, power, power + 1 }).Append(ulong.MaxValue).Distinct().Order()];
}
