using System.Globalization;
using System.Text.RegularExpressions;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Soak;

/// <summary>What a process holds at one moment.</summary>
/// <param name="Descriptors">Its open files by kind; without sockets, which come and go with those who ask, and without the assemblies of the runtime and the agent, which are opened when they are first used.</param>
/// <param name="Kernel">Its programs, maps and links by kind.</param>
/// <param name="ResidentBytes">Its memory.</param>
internal sealed partial record Footprint(IReadOnlyDictionary<string, int> Descriptors, IReadOnlyDictionary<string, int> Kernel, long ResidentBytes)
{
    public int DescriptorCount => Descriptors.Values.Sum();

    public static Footprint Of(int process) => new(
        Count(Directory.EnumerateFiles($"/proc/{process}/fd").Select(static path => new FileInfo(path).LinkTarget).OfType<string>()
            .Where(static target => !target.StartsWith("socket", StringComparison.Ordinal) && !IsRuntime(target)).Select(static target => Numbers().Replace(target, ""))),
        Count(KernelIds.OwnedBy(process).Select(static one => one.Kind)),
        Resident(process));

    private static bool IsRuntime(string file) => file.StartsWith(AppContext.BaseDirectory, StringComparison.Ordinal) || file.Contains("/shared/Microsoft.", StringComparison.Ordinal);

    /// <summary>What differs from another one, memory apart.</summary>
    public IReadOnlyList<string> Beyond(Footprint start) => [.. Beyond(Descriptors, start.Descriptors), .. Beyond(Kernel, start.Kernel)];

    private static IEnumerable<string> Beyond(IReadOnlyDictionary<string, int> now, IReadOnlyDictionary<string, int> before) =>
        now.Keys.Union(before.Keys).Where(kind => now.GetValueOrDefault(kind) != before.GetValueOrDefault(kind))
            .Select(kind => $"{kind}: {now.GetValueOrDefault(kind)}, and {before.GetValueOrDefault(kind)} at the start");

    private static IReadOnlyDictionary<string, int> Count(IEnumerable<string> kinds) => kinds.GroupBy(static kind => kind).ToDictionary(static group => group.Key, static group => group.Count());

    private static long Resident(int process)
    {
        string line = File.ReadLines($"/proc/{process}/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(':')[1].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Numbers();
}
