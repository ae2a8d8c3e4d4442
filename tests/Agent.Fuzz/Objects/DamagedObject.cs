namespace EbpfAgent.Fuzz.Objects;

/// <summary>A BPF object with some damage. The number alone makes it: the same one anywhere, as long as the sources are the same.</summary>
/// <param name="Source">Which of the sources it was.</param>
/// <param name="Image">The damaged bytes.</param>
internal readonly record struct DamagedObject(int Source, byte[] Image)
{
    /// <summary>How much longer than its source it may be.</summary>
    public const int MostGrowth = 4096;

    private const int MostDamages = 4;

    /// <summary>The sound objects of a folder, by name.</summary>
    public static IReadOnlyList<byte[]> Sources(string folder) => [.. Directory.GetFiles(folder, "*.bpf.o").Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    public static DamagedObject Make(IReadOnlyList<byte[]> sources, int number)
    {
        var random = new Random(number);
        int source = random.Next(sources.Count);
        byte[] image = [.. sources[source]];
        var parts = new ObjectParts(image);
        for (int i = random.Next(1, MostDamages + 1); i > 0; i--) image = Damages.Any(random, image, parts);
        return new DamagedObject(source, image);
    }
}
