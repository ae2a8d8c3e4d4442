using EbpfAgent.Bpf;

namespace EbpfAgent.Tests.Bpf;

/// <summary>What libbpf would follow to nowhere, or for ever.</summary>
public sealed class BtfCheckTests
{
    private const uint Typedef = 8;
    private const uint Function = 12;
    private const uint Pointer = 2;

    [Fact]
    public void A_type_that_is_not_there_is_refused() => Refused(Pointer, 7, "BTF: type 2 (Pointer) refers to type 7; ids go to 2.");

    [Fact]
    public void A_typedef_of_itself_is_refused() => Refused(Typedef, 2, "refers to itself, or is nested more than 32 deep.");

    [Fact]
    public void A_function_with_a_number_for_its_prototype_is_refused() => Refused(Function, 1, "BTF: type 2 is a function whose prototype, type 1, is none.");

    [Fact]
    public void A_pointer_to_itself_is_none_of_them() => BtfCheck.Demand(Btf.Parse(Build(Pointer, 2)));

    /// <summary>Each name begins one byte later in the same text: a thousand names of up to 100 kB.</summary>
    [Fact]
    public void Names_that_share_their_text_are_bounded()
    {
        var b = new BtfBuilder();
        string text = new('x', 100_000);
        b.Struct(text, 4, [.. Enumerable.Range(0, 1000).Select(static i => ("m", 1, (uint)i))]);
        byte[] raw = b.Build();
        for (int i = 0; i < 1000; i++) BitConverter.TryWriteBytes(raw.AsSpan(24 + 16 + 12 + (i * 12)), i + 1);

        Assert.Contains("more than 4 times", Assert.Throws<BtfException>(() => Btf.Parse(raw)).Message, StringComparison.Ordinal);
    }

    private static void Refused(uint kind, uint target, string problem) =>
        Assert.Contains(problem, Assert.Throws<BtfException>(() => BtfCheck.Demand(Btf.Parse(Build(kind, target)))).Message, StringComparison.Ordinal);

    private static byte[] Build(uint kind, uint target)
    {
        var b = new BtfBuilder();
        b.Int("int", 4);
        b.Raw(kind == Pointer ? "" : "it", kind, target, flag: false, 0);
        return b.Build();
    }
}
