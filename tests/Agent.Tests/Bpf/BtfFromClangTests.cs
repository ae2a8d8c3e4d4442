using EbpfAgent.Bpf;

namespace EbpfAgent.Tests.Bpf;

public sealed class BtfFromClangTests
{
    private readonly Btf _btf = Btf.Parse(BtfFromClang.Bytes);

    [Fact]
    public void Maps_and_globals_are_found_by_section()
    {
        Assert.Equal("events", Assert.Single(_btf.FindDataSection(".maps")!).Name);
        var scale = Assert.Single(_btf.FindDataSection(".rodata")!);
        Assert.Equal("const volatile __u64", _btf.DescribeType(scale.TypeId));
        Assert.Equal(8, _btf.SizeOf(scale.TypeId));
        Assert.Equal("char[4]", _btf.DescribeType(Assert.Single(_btf.FindDataSection("license")!).TypeId));
    }

    [Fact]
    public void Programs_are_found_with_their_parameters()
    {
        var program = Assert.Single(_btf.Types.OfType<BtfFunction>());
        Assert.Equal("prog", program.Name);
        var prototype = Assert.IsType<BtfFunctionPrototype>(_btf[program.PrototypeId]);
        Assert.Equal("void *", _btf.DescribeType(Assert.Single(prototype.Parameters).TypeId));
    }

    [Fact]
    public void Members_are_described_as_the_source_has_them()
    {
        var everything = Assert.Single(_btf.Types.OfType<BtfComposite>(), type => type.Name == "everything");
        var types = everything.Members.Select(member => $"{member.Name}: {_btf.DescribeType(member.TypeId)}");
        Assert.Equal(
            [
                "dev: struct inner", "comm: const char[16]", "mac: __u8[6]", "flag: bool", "tiny: signed char", "delta: __s32", "op: enum op", "neg: enum neg",
                "low: __u32", "high: __u32", "sbits: int", "ptr: void *", "text: const char *", "ratio: double", ": union (anonymous)",
                "pair: struct (anonymous)[2]", "grid: int[2][3]", "names: char *[4]", "fn: int (*)()", "row: char (*)[8]", "wide: __u64", "tail: __u8",
            ],
            types);
        Assert.Equal((uint)_btf.SizeOf(everything.Id), everything.Size);
    }
}
