namespace EbpfAgent.Tests.Soak;

/// <summary>How a version of a plugin names its keys. Keys 2p and 2p + 1 are the pair p, which has two label sets, <c>a</c>p and <c>b</c>p, whatever the labelling.</summary>
internal enum Labelling
{
    /// <summary>All keys of a pair are its set a.</summary>
    First,

    /// <summary>All keys of a pair are its set b.</summary>
    Second,

    /// <summary>Even keys are their pair's set a, odd ones its set b: whatever was ever counted is to be seen.</summary>
    Both,
}

/// <summary>The keys of the load, and what they are called.</summary>
internal static class Keys
{
    public const int Count = 8;

    public const int Pairs = Count / 2;

    /// <summary>The label sets of a pair: a and b.</summary>
    public const int Sets = 2;

    public static int PairOf(int key) => key / 2;

    /// <summary>The set that a key counts in: 0 for a, 1 for b.</summary>
    public static int SetOf(this Labelling labelling, int key) => labelling switch
    {
        Labelling.First => 0,
        Labelling.Second => 1,
        _ => key % 2,
    };

    /// <summary>The label value of a set of a pair.</summary>
    public static string Text(int pair, int set) => $"{"ab"[set]}{pair}";
}
