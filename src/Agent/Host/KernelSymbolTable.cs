namespace EbpfAgent.Host;

/// <summary>
/// The kernel's functions and objects by address: about 7 MB for 200,000. Immutable.
/// <para>
/// <c>/proc/kallsyms</c> has no lengths. A symbol reaches to the next one of the kernel itself, or of the same module; the last one to the end of its page, as
/// no two modules share one. What marks an end (<c>_etext</c>) names nothing, so that an address between two sections has no name either.
/// </para>
/// </summary>
internal sealed class KernelSymbolTable
{
    // On x86-64 and arm64 the kernel has the upper half of the addresses.
    public const ulong Lowest = 1UL << 63;

    private readonly RangeNames _names;
    private readonly ulong _first;
    private readonly ulong _last;

    private KernelSymbolTable(RangeNames names, ulong first, ulong last)
    {
        _names = names;
        _first = first;
        _last = last;
    }

    public static KernelSymbolTable Empty { get; } = new(RangeNames.Empty, ulong.MaxValue, 0);

    /// <summary>How many addresses have a name.</summary>
    public int Count => _names.Count;

    /// <summary>Bytes that it takes.</summary>
    public long Size => _names.Size;

    public string? Find(ulong address) => _names.Find(address);

    /// <summary>Whether an address is the kernel's own, where nothing comes or goes, and not a module's or a program's. False for all if addresses are hidden.</summary>
    public bool IsOfTheKernelItself(ulong address) => address >= _first && address <= _last;

    /// <summary>Reads all symbols. Those of one address come to one: the first, as in the kernel's own stack traces.</summary>
    /// <exception cref="IOException">They can't be read.</exception>
    public static KernelSymbolTable Read(LineReader lines)
    {
        var builder = new RangeNamesBuilder();
        var modules = new ModuleNumbers();
        ulong first = ulong.MaxValue, last = 0;
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            if (!KernelSymbolLine.TryParse(line, out KernelSymbolLine symbol) || IsNoPlace(symbol)) continue;
            bool isEnd = IsEnd(symbol.Name);
            builder.Add(symbol.Address, 0, isEnd ? [] : symbol.Name, rank: isEnd ? (byte)1 : (byte)0, modules.Of(symbol.Module));
            if (!symbol.Module.IsEmpty) continue;
            first = Math.Min(first, symbol.Address);
            last = Math.Max(last, symbol.Address);
        }

        return new KernelSymbolTable(builder.Build(), first, last);
    }

    // The bytes before a function that the compiler keeps for patching are half of all symbols on newer kernels, and nothing runs there.
    private static bool IsNoPlace(in KernelSymbolLine symbol) =>
        symbol.Address < Lowest || symbol.Type is (byte)'A' or (byte)'a' || symbol.Name.StartsWith("__pfx_"u8) || symbol.Name.StartsWith("__cfi_"u8) || symbol.Name[0] == '$';

    private static bool IsEnd(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("_etext"u8) || name.SequenceEqual("_einittext"u8) || name.SequenceEqual("_edata"u8) || name.SequenceEqual("__end_rodata"u8) ||
        name.SequenceEqual("__bss_stop"u8) || name.SequenceEqual("_end"u8);

    /// <summary>Numbers modules in the order in which they are met. Their symbols stand together, so that only the last name is compared.</summary>
    private sealed class ModuleNumbers
    {
        private byte[] _name = [];
        private ushort _number;

        public ushort Of(ReadOnlySpan<byte> name)
        {
            if (name.IsEmpty) return 0;
            if (name.SequenceEqual(_name)) return _number;
            _name = name.ToArray();
            // Past 65,535 of them some would share one, and only the ends of their ranges are less sharp.
            return _number = (ushort)Math.Max(1, (_number + 1) & ushort.MaxValue);
        }
    }
}
