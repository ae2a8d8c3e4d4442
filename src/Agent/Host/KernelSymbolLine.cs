namespace EbpfAgent.Host;

/// <summary>
/// A line of <c>/proc/kallsyms</c>: <c>ffffffff81000000 T _stext</c>, and for a module's <c>ffffffffc0001000 t nf_hook [nf_tables]</c>, with a tab before the
/// module. Valid as long as the bytes are.
/// </summary>
internal readonly ref struct KernelSymbolLine
{
    private KernelSymbolLine(ulong address, byte type, ReadOnlySpan<byte> name, ReadOnlySpan<byte> module)
    {
        Address = address;
        Type = type;
        Name = name;
        Module = module;
    }

    /// <summary>Where it begins; 0 where the kernel hides it.</summary>
    public ulong Address { get; }

    /// <summary>As nm(1) has it: <c>t</c> a function, <c>d</c> an object, <c>A</c> no address at all but a number, such as an offset in a CPU's own data.</summary>
    public byte Type { get; }

    public ReadOnlySpan<byte> Name { get; }

    /// <summary>Its module without the brackets; <c>bpf</c> for BPF programs; empty for the kernel itself.</summary>
    public ReadOnlySpan<byte> Module { get; }

    public static bool TryParse(ReadOnlySpan<byte> line, out KernelSymbolLine symbol)
    {
        symbol = default;
        ReadOnlySpan<byte> address = Fields.Cut(ref line, (byte)' '), type = Fields.Cut(ref line, (byte)' '), name = Fields.Cut(ref line, (byte)'\t');
        if (!Fields.TryHex(address, out ulong number) || type.Length != 1 || name.IsEmpty) return false;
        symbol = new KernelSymbolLine(number, type[0], name, line.Trim("[]"u8));
        return true;
    }
}
