namespace EbpfAgent.Host;

/// <summary>
/// Reads one symbol table of a file that anybody may have made. Bounded: at most 1,048,576 symbols, 262,144 functions, 32 MiB of strings, 16 MiB of functions'
/// names.
/// </summary>
internal sealed class ElfSymbolTable(ElfBytes file, ElfSection table, ElfSection strings)
{
    private const int EntrySize = 24;
    private const int Block = EntrySize * 2048;
    private const int MaxSymbols = 1 << 20;
    private const int MaxFunctions = 1 << 18;
    private const int MaxStrings = 32 << 20;
    private const int MaxNames = 16 << 20;
    private const int MaxName = 1024;
    private const int MaxUnderscores = 15;
    private const ulong Page = 4096;

    private readonly RangeNamesBuilder _names = new();

    /// <summary>The functions by address. Of several names for one it is the one that people use: <c>write</c>, and not <c>__libc_write</c>.</summary>
    /// <exception cref="InvalidDataException">It is not in the file, or too large.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public RangeNames Read()
    {
        if (table.Size > (ulong)MaxSymbols * EntrySize) throw new InvalidDataException($"{table.Size / EntrySize} symbols");
        ReadOnlySpan<byte> text = file.Take(strings.Offset, strings.Size, MaxStrings);
        byte[] block = new byte[Block];
        for (ulong at = 0; table.Size - at >= EntrySize;)
        {
            ulong size = Math.Min(Block, table.Size - at) / EntrySize * EntrySize;
            file.Read(table.Offset + at, block.AsSpan(0, (int)size));
            for (int entry = 0; entry < (int)size; entry += EntrySize) Add(block.AsSpan(entry, EntrySize), text);
            at += size;
        }

        return _names.Build();
    }

    private void Add(ReadOnlySpan<byte> entry, ReadOnlySpan<byte> text)
    {
        bool isDefined = ElfBytes.Word(entry, 6) != 0;
        ulong address = ElfBytes.Quad(entry, 8);
        uint name = ElfBytes.Double(entry, 0);
        // STT_FUNC, and STT_GNU_IFUNC: what chooses a function.
        if ((entry[4] & 15) is not (2 or 10) || !isDefined || address == 0 || name >= text.Length) return;
        // Most functions are missing from the dynamic symbols: what has no length there would get the addresses of those that follow it.
        if (ElfBytes.Quad(entry, 16) == 0 && table.Type == ElfSection.DynamicSymbols) return;
        ReadOnlySpan<byte> symbol = NameAt(text[(int)name..]);
        if (symbol.IsEmpty) return;
        if (_names.Count >= MaxFunctions || _names.NameBytes > MaxNames) throw new InvalidDataException($"more than {MaxFunctions} functions");
        _names.Add(address, LengthOf(address, ElfBytes.Quad(entry, 16)), symbol, Rank(symbol, binding: entry[4] >> 4));
    }

    /// <summary>A function in assembler may have no length: it reaches to the next one, and not beyond its page.</summary>
    private static uint LengthOf(ulong address, ulong size) => (uint)Math.Min(size != 0 ? size : Page - (address % Page), uint.MaxValue);

    /// <summary>Without the version that follows the name in some tables: <c>memcpy@@GLIBC_2.14</c>.</summary>
    private static ReadOnlySpan<byte> NameAt(ReadOnlySpan<byte> text)
    {
        text = text[..Math.Min(text.Length, MaxName)];
        int end = text.IndexOf((byte)0), version = text.IndexOf((byte)'@');
        if (end >= 0) text = text[..end];
        return version > 0 && version < text.Length ? text[..version] : text;
    }

    /// <summary>
    /// Fewer leading underscores first; then a name that others may use (global) before one that may be replaced (weak) before one that nobody sees (local).
    /// </summary>
    private static byte Rank(ReadOnlySpan<byte> name, int binding)
    {
        int underscores = Math.Max(0, name.IndexOfAnyExcept((byte)'_'));
        int reach = binding switch { 1 => 0, 2 => 1, _ => 2 };
        return (byte)((Math.Min(underscores, MaxUnderscores) * 4) + reach);
    }
}
