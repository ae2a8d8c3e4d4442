using System.Collections.Immutable;
using EbpfAgent.Bpf;

namespace EbpfAgent.Tests.Bpf;

public sealed class BtfTests
{
    [Fact]
    public void Every_kind_is_read()
    {
        var b = new BtfBuilder();
        var u32 = b.Int("unsigned int", 4);
        var typedef = b.Typedef("__u32", u32);
        var pointer = b.Pointer(typedef);
        var array = b.Array(b.Char(), 16);
        var op = b.Enum("op", 4, false, ("READ", 0), ("BIG", int.MinValue));
        var wide = b.Enum64("wide", true, ("LOW", long.MinValue));
        var key = b.Struct("key", 24, ("dev", typedef, 0), ("comm", array, 32), ("op", op, 160));
        var either = b.Union("either", 8, ("p", pointer, 0), ("k", u32, 0));
        var forward = b.Forward("later", union: true);
        var prototype = b.Prototype(u32, ("ctx", pointer));
        var function = b.Function("prog", prototype);
        var variable = b.Variable("map", key);
        var section = b.DataSection(".maps", 32, (variable, 8, 24));
        var real = b.Float("double", 8);
        var tag = b.DeclTag("scheme:log2", key, 1);
        var btf = Btf.Parse(b.Build());

        Assert.Equal(tag + 1, btf.Count);
        Assert.Equal(new BtfVoid(), btf[0]);
        Assert.Equal(new BtfInt(u32, "unsigned int", 4, BtfIntEncoding.Unsigned, 0, 32), btf[u32]);
        Assert.Equal(new BtfPointer(pointer, typedef), btf[pointer]);
        Assert.Equal(16u, Assert.IsType<BtfArray>(btf[array]).Length);
        Assert.Equal(new BtfEnumerator("BIG", 0x80000000), Assert.IsType<BtfEnum>(btf[op]).Enumerators[1]);
        Assert.Equal(long.MinValue, Assert.IsType<BtfEnum>(btf[wide]).Enumerators[0].Value);
        Assert.Equal(new BtfMember("comm", array, 32, 0), Assert.IsType<BtfComposite>(btf[key]).Members[1]);
        Assert.True(Assert.IsType<BtfComposite>(btf[either]).IsUnion);
        Assert.Equal(new BtfForward(forward, "later", true), btf[forward]);
        Assert.Equal(new BtfParameter("ctx", pointer), Assert.IsType<BtfFunctionPrototype>(btf[prototype]).Parameters[0]);
        Assert.Equal(new BtfFunction(function, "prog", prototype), btf[function]);
        Assert.Equal(new BtfVariable(variable, "map", key), btf[variable]);
        Assert.Equal(new BtfSectionEntry(variable, 8, 24), Assert.IsType<BtfDataSection>(btf[section]).Entries[0]);
        Assert.Equal(new BtfFloat(real, "double", 8), btf[real]);
        Assert.Equal(new BtfDeclTag(tag, "scheme:log2", key, 1), btf[tag]);
    }

    [Fact]
    public void Resolve_goes_through_typedefs_qualifiers_and_tags()
    {
        var b = new BtfBuilder();
        var u64 = b.Int("unsigned long long", 8);
        var id = b.Const(b.Volatile(b.Restrict(b.TypeTag("user", b.Typedef("__u64", u64)))));
        var btf = Btf.Parse(b.Build());

        Assert.Equal(u64, btf.Resolve(id).Id);
        Assert.Equal(8, btf.SizeOf(id));
    }

    [Fact]
    public void Sizes_are_those_of_the_bpf_target()
    {
        var b = new BtfBuilder();
        var u16 = b.Int("short", 2);
        var grid = b.Array(b.Array(u16, 3), 5);
        var pointer = b.Pointer(0);
        var empty = b.Array(u16, 0);
        var btf = Btf.Parse(b.Build());

        Assert.Equal(30, btf.SizeOf(grid));
        Assert.Equal(8, btf.SizeOf(pointer));
        Assert.Equal(0, btf.SizeOf(empty));
    }

    [Fact]
    public void What_has_no_size_says_so_by_its_name()
    {
        var b = new BtfBuilder();
        var forward = b.Forward("sock", union: false);
        var huge = b.Array(b.Array(b.Int("long", 8), uint.MaxValue), uint.MaxValue);
        var btf = Btf.Parse(b.Build());

        Assert.Equal($"BTF: type {forward} (struct sock) has no size.", Assert.Throws<BtfException>(() => btf.SizeOf(forward)).Message);
        Assert.Contains("too many", Assert.Throws<BtfException>(() => btf.SizeOf(huge)).Message, StringComparison.Ordinal);
        Assert.Throws<BtfException>(() => btf.SizeOf(0));
    }

    [Fact]
    public void A_circle_of_types_ends_in_an_error()
    {
        var b = new BtfBuilder();
        var typedef = b.Typedef("round", 1);
        var array = b.Array(2, 1);
        var tail = b.Const(3);
        var btf = Btf.Parse(b.Build());

        Assert.Contains("refers to itself", Assert.Throws<BtfException>(() => btf.Resolve(typedef)).Message, StringComparison.Ordinal);
        Assert.Contains("refers to itself", Assert.Throws<BtfException>(() => btf.SizeOf(array)).Message, StringComparison.Ordinal);
        Assert.Throws<BtfException>(() => btf.Resolve(tail));
        Assert.NotEmpty(btf.DescribeType(array));
    }

    [Fact]
    public void A_reference_to_a_missing_type_is_refused_where_it_is_followed()
    {
        var b = new BtfBuilder();
        var id = b.Typedef("lost", 77);
        var btf = Btf.Parse(b.Build());

        Assert.Equal("BTF: type 77 does not exist; ids go to 1.", Assert.Throws<BtfException>(() => btf.Resolve(id)).Message);
        Assert.Throws<BtfException>(() => btf[-1]);
        Assert.Equal("lost", btf.DescribeType(id));
        Assert.Equal("?", btf.DescribeType(77));
    }

    [Fact]
    public void A_section_lists_its_variables_with_their_own_types()
    {
        var b = new BtfBuilder();
        var key = b.Struct("key", 4);
        b.DataSection(".maps", 64, (b.Variable("first", key), 0, 32), (b.Variable("second", key), 32, 32));
        var btf = Btf.Parse(b.Build());

        Assert.Equal([new("first", key, 0, 32), new("second", key, 32, 32)], btf.FindDataSection(".maps")!);
        Assert.Null(btf.FindDataSection(".rodata"));
    }

    [Fact]
    public void Types_are_described_as_c_writes_them()
    {
        var b = new BtfBuilder();
        var c = b.Char();
        var u32 = b.Typedef("__u32", b.Int("unsigned int", 4));
        var expected = new Dictionary<int, string>
        {
            [0] = "void",
            [u32] = "__u32",
            [b.Array(c, 16)] = "char[16]",
            [b.Array(b.Array(c, 3), 2)] = "char[2][3]",
            [b.Array(b.Pointer(c), 4)] = "char *[4]",
            [b.Pointer(b.Array(c, 8))] = "char (*)[8]",
            [b.Pointer(b.Pointer(0))] = "void **",
            [b.Const(b.Pointer(c))] = "char *const",
            [b.Pointer(b.Const(c))] = "const char *",
            [b.Struct("disk_key", 8)] = "struct disk_key",
            [b.Union("", 8)] = "union (anonymous)",
            [b.Enum("op", 4, false)] = "enum op",
            [b.Pointer(b.Prototype(u32))] = "__u32 (*)()",
        };
        var btf = Btf.Parse(b.Build());

        Assert.Equal(expected, expected.ToDictionary(pair => pair.Key, pair => btf.DescribeType(pair.Key)));
    }

    [Fact]
    public void Bitfields_have_their_size_in_the_offset()
    {
        var b = new BtfBuilder();
        var u32 = b.Int("unsigned int", 4);
        var id = b.BitStruct("flags", 8, ("low", u32, 0, 4), ("high", u32, 4, 12), ("whole", u32, 32, 0));

        ImmutableArray<BtfMember> expected = [new("low", u32, 0, 4), new("high", u32, 4, 12), new("whole", u32, 32, 0)];
        Assert.Equal(expected, Assert.IsType<BtfComposite>(Btf.Parse(b.Build())[id]).Members);
    }

    [Theory]
    [InlineData(false, -1, true, -1)]
    [InlineData(false, int.MinValue, false, 0x80000000)]
    [InlineData(true, int.MinValue, true, int.MinValue)]
    public void An_enum_is_signed_if_it_says_so_or_has_a_value_just_below_zero(bool flag, int value, bool isSigned, long expected)
    {
        var b = new BtfBuilder();
        var id = b.Enum("op", 4, flag, ("VALUE", value));
        var type = Assert.IsType<BtfEnum>(Btf.Parse(b.Build())[id]);

        Assert.Equal((isSigned, expected), (type.IsSigned, type.Enumerators[0].Value));
    }
}
