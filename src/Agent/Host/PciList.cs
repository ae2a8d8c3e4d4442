namespace EbpfAgent.Host;

/// <summary>
/// Reads the format of <c>pci.ids</c>: a vendor <c>8086  Intel Corporation</c> or a class <c>C 02  Network controller</c>, below it, after a tab, its devices or subclasses
/// <c>1533  I210</c>, and after two tabs subsystems or interfaces, which have no use here. Lines of any other form are left out.
/// </summary>
internal static class PciList
{
    private const int VendorDigits = 4;
    private const int ClassDigits = 2;

    /// <exception cref="IOException">It can't be read.</exception>
    public static RangeNames Read(LineReader lines)
    {
        var names = new RangeNamesBuilder();
        Parent? parent = null;
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            if (line.IsEmpty || line[0] == '#' || line.StartsWith("\t\t"u8)) continue;
            if (line[0] != '\t') parent = AddParent(names, line);
            else if (parent is { } above) AddChild(names, line[1..], above);
        }

        return names.Build();
    }

    /// <summary>Null where the line is neither a vendor nor a class: then nothing below it is known either.</summary>
    private static Parent? AddParent(RangeNamesBuilder names, ReadOnlySpan<byte> line)
    {
        bool isClass = line.StartsWith("C "u8);
        if (!TryParse(isClass ? line[2..] : line, isClass ? ClassDigits : VendorDigits, out ulong number, out ReadOnlySpan<byte> name)) return null;
        names.Add(isClass ? PciNumber.OfClass(number) : PciNumber.OfVendor(number), 1, name);
        return new Parent(isClass, number);
    }

    private static void AddChild(RangeNamesBuilder names, ReadOnlySpan<byte> line, Parent parent)
    {
        if (!TryParse(line, parent.IsClass ? ClassDigits : VendorDigits, out ulong number, out ReadOnlySpan<byte> name)) return;
        names.Add(parent.IsClass ? PciNumber.OfSubclass(parent.Number, number) : PciNumber.OfDevice(parent.Number, number), 1, name);
    }

    /// <summary>A number of so many digits, blanks, and a name.</summary>
    private static bool TryParse(ReadOnlySpan<byte> line, int digits, out ulong number, out ReadOnlySpan<byte> name)
    {
        number = 0;
        name = default;
        if (line.Length <= digits || line[digits] != ' ' || !Fields.TryHex(line[..digits], out number)) return false;
        name = line[digits..].Trim(" \r"u8);
        return !name.IsEmpty;
    }

    private readonly record struct Parent(bool IsClass, ulong Number);
}
