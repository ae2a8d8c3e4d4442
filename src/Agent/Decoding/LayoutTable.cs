using System.Collections.Immutable;
using System.Text;

namespace EbpfAgent.Decoding;

/// <summary>Both layouts beside each other, aligned, one line an offset; what differs is marked.</summary>
internal static class LayoutTable
{
    public static string Format(KeyLayout clr, KeyLayout kernel, ImmutableArray<LayoutRow> rows)
    {
        List<string[]> lines =
        [
            ["", "offset", "width", kernel.TypeName, "width", clr.TypeName],
            .. rows.Select(Cells),
            [kernel.Size == clr.Size ? "" : "!", "size", $"{kernel.Size}", "", $"{clr.Size}", ""],
        ];
        var widths = Enumerable.Range(0, lines[0].Length).Select(column => lines.Max(line => line[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var line in lines)
            text.Append(string.Join("  ", line.Select((cell, column) => Pad(cell, column, widths[column]))).TrimEnd()).Append('\n');
        return text.ToString().TrimEnd();
    }

    private static string[] Cells(LayoutRow row) =>
        [row.Matches ? "" : "!", $"{row.Offset}", $"{row.Kernel?.Width}", Describe(row.Kernel), $"{row.Clr?.Width}", Describe(row.Clr)];

    private static string Describe(LayoutCell? cell) => cell is null ? "-" : $"{cell.TypeName} {cell.Name}".TrimEnd();

    private static string Pad(string cell, int column, int width) => column is 1 or 2 or 4 ? cell.PadLeft(width) : cell.PadRight(width);
}
