namespace EbpfAgent.Bpf.Elf;

/// <summary>The two sections with types: <c>.BTF</c>, and <c>.BTF.ext</c>, which says what types instructions mean.</summary>
internal static class TypeSectionCheck
{
    // The kernel's own limit.
    private const ulong MostBytes = 16 << 20;

    /// <exception cref="ElfException"><c>.BTF.ext</c> is not as it should be, or one of them is too large.</exception>
    /// <exception cref="BtfException"><c>.BTF</c> is not.</exception>
    /// <remarks>Only once <see cref="SectionCheck"/> has passed.</remarks>
    public static void Demand(ElfImage elf)
    {
        if (elf.Find(".BTF") is not { } types) return;
        if (types.Size > MostBytes) throw new ElfException($"its section .BTF has {types.Size} bytes, and the kernel takes {MostBytes} at most");
        Btf btf = Btf.Parse(elf.BytesOf(types));
        BtfCheck.Demand(btf);
        if (elf.Find(".BTF.ext") is { } extension) BtfExtensionCheck.Demand(elf.BytesOf(extension), btf.Count);
    }
}
