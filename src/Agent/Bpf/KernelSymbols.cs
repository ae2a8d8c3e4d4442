using System.Globalization;

namespace EbpfAgent.Bpf;

/// <summary>Addresses of the kernel's symbols, from <c>/proc/kallsyms</c>, which shows them to root and CAP_SYSLOG only.</summary>
internal static class KernelSymbols
{
    /// <summary>The addresses of these symbols. Reads the file once, some ten megabytes; not at all if nothing is asked for.</summary>
    /// <param name="name">The object that wants them, for messages.</param>
    /// <param name="symbols">Their names. Of several symbols of one name (static ones may be) the first counts.</param>
    /// <param name="kernel">This kernel.</param>
    /// <param name="file">Where they stand.</param>
    /// <exception cref="BpfException">This kernel lacks one, or doesn't show addresses.</exception>
    public static IReadOnlyDictionary<string, ulong> Find(string name, IReadOnlyCollection<string> symbols, KernelFacts kernel, string file = "/proc/kallsyms")
    {
        Dictionary<string, ulong> found = [];
        if (symbols.Count == 0) return found;
        HashSet<string> wanted = [.. symbols];
        foreach (string line in File.ReadLines(file))
        {
            if (found.Count == wanted.Count) break;
            // ffffffff81000000 T _text, and for a module's: ... t name [module]
            if (line.Split([' ', '\t'], 4) is not [var address, _, var symbol, ..] || !wanted.Contains(symbol)) continue;
            if (ulong.TryParse(address, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong at)) found.TryAdd(symbol, at);
        }

        if (symbols.FirstOrDefault(symbol => !found.ContainsKey(symbol)) is { } missing)
            throw BpfException.With(BpfFailure.Unsupported, $"{name} wants the address of kernel symbol '{missing}', which kernel {kernel.Release} does not have in {file}");
        return found.Values.All(static address => address == 0)
            ? throw BpfException.With(BpfFailure.Permission, $"{name} wants the addresses of kernel symbols, which {file} shows as zeros; run the agent as root, or give it CAP_SYSLOG")
            : found;
    }
}
