using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EbpfAgent.Decoding.BuiltIn;

/// <summary>
/// Finds an enum's names by number. BTF may declare 65,535 of them, and a key thousands of fields of one enum: they are sorted once, for as long as the enum is there. Any thread may call it.
/// </summary>
internal static class EnumNames
{
    private static readonly Comparer<EnumName> ByValue = Comparer<EnumName>.Create(static (one, other) => one.Value.CompareTo(other.Value));

    private static readonly ConditionalWeakTable<EnumName[], EnumName[]> Sorted = [];

    /// <summary>The name that was declared first for a number, or null.</summary>
    public static string? Find(ImmutableArray<EnumName> declared, long value)
    {
        if (declared.IsDefaultOrEmpty)
            return null;
        var sorted = Sorted.GetValue(ImmutableCollectionsMarshal.AsArray(declared)!, static names => [.. names.OrderBy(static name => name.Value)]);
        var found = Array.BinarySearch(sorted, new EnumName("", value), ByValue);
        while (found > 0 && sorted[found - 1].Value == value)
            found--;
        return found < 0 ? null : sorted[found].Name;
    }
}
