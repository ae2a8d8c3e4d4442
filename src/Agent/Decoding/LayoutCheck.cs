using System.Collections.Immutable;
using System.Globalization;

namespace EbpfAgent.Decoding;

/// <summary>What the comparison found. With an error, the plugin must not run: its labels would be garbage.</summary>
/// <param name="Error">A summary in the first line and both layouts below it, or null.</param>
/// <param name="Warnings">One sentence each.</param>
internal sealed record LayoutReport(string? Error, ImmutableArray<string> Warnings);

/// <summary>
/// Compares the C# struct of a key with the kernel's: the size, and each field's offset and width. Pure. Signedness and kind
/// are the author's choice (a port may be a ushort, an address bytes), so they are not compared.
/// </summary>
internal static class LayoutCheck
{
    /// <param name="map">The map's name, for messages.</param>
    /// <param name="clr">The struct of the plugin.</param>
    /// <param name="kernel">The key in the object's BTF; for the seed's layout, the part behind the bucket.</param>
    public static LayoutReport Compare(string map, KeyLayout clr, KeyLayout kernel)
    {
        var rows = LayoutRow.Join(LayoutCell.From(kernel), LayoutCell.From(clr));
        if (Difference(clr, kernel, rows) is not { } difference)
            return new LayoutReport(null, [.. NameWarnings(map, clr, rows), .. PaddingWarning(map, kernel)]);
        var summary = $"Map '{map}': the C# struct {clr.TypeName} does not have the layout of the key {kernel.TypeName}: {difference}. "
            + $"Give the fields of {clr.TypeName} the offsets and widths on the left (a filler field for padding), "
            + "then rebuild the plugin.";
        return new LayoutReport($"{summary}\n{LayoutTable.Format(clr, kernel, rows)}", [.. PaddingWarning(map, kernel)]);
    }

    /// <summary>The warning for padding in a key, for keys without a C# struct as well (scripts).</summary>
    public static IEnumerable<string> PaddingWarning(string map, KeyLayout kernel)
    {
        if (kernel.PaddingHoles.IsEmpty)
            yield break;
        var holes = kernel.PaddingHoles.Select(hole => hole.Length == 1
            ? $"byte {hole.Offset}"
            : string.Create(CultureInfo.InvariantCulture, $"bytes {hole.Offset} to {hole.Offset + hole.Length - 1}"));
        yield return $"Map '{map}': the key {kernel.TypeName} has padding at {string.Join(", ", holes)}. What the program leaves in it "
            + "makes several map entries of one key. Equal labels are summed, so the numbers are right, but entries are wasted: "
            + "make the padding a field, or zero the key first.";
    }

    private static string? Difference(KeyLayout clr, KeyLayout kernel, ImmutableArray<LayoutRow> rows)
    {
        if (rows.FirstOrDefault(row => !row.Matches) is { } row)
            return row.Difference;
        return clr.Size == kernel.Size ? null : $"the kernel's key has {kernel.Size} bytes, the struct {clr.Size}";
    }

    private static IEnumerable<string> NameWarnings(string map, KeyLayout clr, ImmutableArray<LayoutRow> rows) =>
        from row in rows
        where row.Kernel is { IsNamed: true } && row.Clr is { IsNamed: true } && Normalise(row.Kernel.Name) != Normalise(row.Clr.Name)
        select $"Map '{map}': the field at offset {row.Offset} is '{row.Kernel!.Name}' in the kernel and '{row.Clr!.Name}' "
            + $"in {clr.TypeName}. If they mean the same, give them one name; if not, the labels are wrong.";

    private static string Normalise(string name) => name.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();
}
