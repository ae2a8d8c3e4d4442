using System.Collections.Frozen;

namespace EbpfAgent.Decoding.BuiltIn.Tables;

/// <summary>Names of consecutive numbers, in runs. Immutable.</summary>
internal sealed class NumberNames
{
    private readonly FrozenDictionary<ulong, string> _names;

    /// <param name="runs">For the number of each run's first name its names, between blanks and line ends.</param>
    public NumberNames(Dictionary<ulong, string> runs) => _names = runs
        .SelectMany(static run => run.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select((name, i) => KeyValuePair.Create(run.Key + (ulong)i, name)))
        .ToFrozenDictionary();

    /// <summary>Every number that has a name.</summary>
    public IEnumerable<ulong> Numbers => _names.Keys;

    /// <summary>The number's name, or null.</summary>
    public string? this[ulong number] => _names.GetValueOrDefault(number);
}
