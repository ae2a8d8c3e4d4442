using System.Collections.Immutable;

namespace EbpfAgent.Decoding;

/// <summary>One side of a row: a field, or a run of the kernel's bitfields, which C# can only see as one number.</summary>
internal sealed record LayoutCell(string Name, string TypeName, int Offset, int Width, int Room, bool IsBits, bool IsNamed)
{
    public int End => Offset + Width;

    public static List<LayoutCell> From(KeyLayout layout)
    {
        var cells = new List<LayoutCell>();
        foreach (var field in layout.Fields.OrderBy(field => field.Offset).ThenBy(field => field.BitOffset))
        {
            var cell = FromField(field);
            if (cell.IsBits && cells.Count > 0 && cells[^1].IsBits && cells[^1].End >= cell.Offset)
                cells[^1] = Join(cells[^1], cell);
            else
                cells.Add(cell);
        }

        for (var i = 0; i < cells.Count; i++)
            cells[i] = cells[i] with { Room = (i + 1 < cells.Count ? cells[i + 1].Offset : layout.Size) - cells[i].Offset };
        return cells;
    }

    private static LayoutCell FromField(KeyField field)
    {
        var isBits = field.BitSize != 0;
        var isNamed = !isBits && field.Path.Length > 0 && field.Kind != KeyFieldKind.Union;
        var name = isBits ? $"{field.Path}:{field.BitSize}" : field.Path;
        return new LayoutCell(name, field.TypeName, field.Offset, field.Size, 0, isBits, isNamed);
    }

    private static LayoutCell Join(LayoutCell one, LayoutCell other) =>
        one with { Name = $"{one.Name} {other.Name}", Width = Math.Max(one.End, other.End) - one.Offset };
}

/// <summary>What the kernel and C# have at one offset.</summary>
internal sealed record LayoutRow(int Offset, LayoutCell? Kernel, LayoutCell? Clr)
{
    /// <summary>A run of bitfields may be read by a wider field, as far as there is room before the next one.</summary>
    public bool Matches => (Kernel, Clr) switch
    {
        ({ IsBits: true }, { }) => Clr.Width >= Kernel.Width && Clr.Width <= Kernel.Room,
        ({ }, { }) => Kernel.Width == Clr.Width,
        _ => false,
    };

    public string Difference => (Kernel, Clr) switch
    {
        ({ }, { }) => $"at offset {Offset} the kernel's '{Kernel.Name}' is {Bytes(Kernel.Width)} wide, '{Clr.Name}' {Bytes(Clr.Width)}",
        ({ }, null) => $"at offset {Offset} the kernel has '{Kernel.Name}', the struct has no field",
        _ => $"at offset {Offset} the struct has '{Clr!.Name}', the kernel no field",
    };

    public static ImmutableArray<LayoutRow> Join(List<LayoutCell> kernel, List<LayoutCell> clr)
    {
        var offsets = kernel.Concat(clr).Select(cell => cell.Offset).Distinct().Order();
        return [.. offsets.Select(offset => new LayoutRow(offset, At(kernel, offset), At(clr, offset)))];
    }

    private static LayoutCell? At(List<LayoutCell> cells, int offset) => cells.Find(cell => cell.Offset == offset);

    private static string Bytes(int count) => count == 1 ? "1 byte" : $"{count} bytes";
}
