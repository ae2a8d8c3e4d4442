using EbpfAgent.Bpf;

namespace EbpfAgent.Tests.Bpf;

/// <summary>When two versions' types mean the same bytes.</summary>
public sealed class TypeDifferenceTests
{
    [Theory]
    [InlineData("u32", "u32", null)]
    [InlineData("typedef of u32", "const u32", null)]
    [InlineData("u32", "s32", "s32, and was u32")]
    [InlineData("u32", "u64", "u64, and was u32")]
    [InlineData("u32", "float", "float, and was u32")]
    [InlineData("char[16]", "char[16]", null)]
    [InlineData("char[16]", "char[8]", "char[8], and was char[16]")]
    [InlineData("pointer to u32", "pointer to u64", null)]
    [InlineData("{ u32 major, u32 minor }", "{ u32 major, u32 minor } of another name", null)]
    [InlineData("{ u32 major, u32 minor }", "{ u32 minor, u32 major }", "'minor' where 'major' was")]
    [InlineData("{ u32 major, u32 minor }", "{ u32 major, s32 minor }", "'minor' is s32, and was u32")]
    [InlineData("{ u32 major, u32 minor }", "{ u32 major, u32 minor at 64 }", "12 bytes, and had 8")]
    [InlineData("{ u32 major, u32 minor }", "union { u32 major, u32 minor }", "union another, and was struct key")]
    [InlineData("{ u32 major, u32 minor }", "{ u32 major }", "1 members, and had 2")]
    [InlineData("{ key dev }", "{ other key dev }", "'dev' is 'minor' where 'major' was")]
    [InlineData("{ low : 4, high : 4 }", "{ low : 4, high : 4 }", null)]
    [InlineData("{ u32 major }", "{ u32 major at 32 }", "'major' at bit 32, and had it at 0")]
    [InlineData("{ low : 4, high : 4 }", "{ low : 3, high : 5 }", "'low' of 3 bits, and had it of 4")]
    [InlineData("enum { READ, WRITE }", "enum { READ, WRITE, FLUSH }", null)]
    [InlineData("enum { READ, WRITE }", "enum { WRITE, READ }", "an enum in which READ is not 0 any more")]
    public void Types_are_compared_by_what_their_bytes_mean(string before, string now, string? difference)
    {
        var (types, id) = Build(now);
        var (typesBefore, idBefore) = Build(before);
        Assert.Equal(difference, TypeDifference.Find(types, id, typesBefore, idBefore));
        Assert.Null(TypeDifference.Find(types, id, types, id));
    }

    /// <summary>32 structs, each of 16 members of the next: 2^128 paths, and 32 types.</summary>
    [Fact]
    public void Types_that_are_made_to_take_forever_do_not()
    {
        var builder = new BtfBuilder();
        int type = builder.Int("u8", 1);
        for (int depth = 0; depth < Btf.MaxDepth - 2; depth++)
        {
            int inner = type;
            type = builder.Struct($"level{depth}", 16, [.. Enumerable.Range(0, 16).Select(i => ($"m{i}", inner, (uint)i))]);
        }

        Btf types = Btf.Parse(builder.Build());
        Assert.Null(TypeDifference.Find(types, type, Btf.Parse(builder.Build()), type));
    }

    [Fact]
    public void What_cannot_be_resolved_is_different()
    {
        var builder = new BtfBuilder();
        int circle = builder.Typedef("t", 1);
        Btf types = Btf.Parse(builder.Build());
        Assert.StartsWith("BTF: type 1", TypeDifference.Find(types, circle, types, circle), StringComparison.Ordinal);
    }

    private static (Btf Types, int Id) Build(string what)
    {
        var builder = new BtfBuilder();
        int u32 = builder.Int("u32", 4), s32 = builder.Int("s32", 4, encoding: 1), u64 = builder.Int("u64", 8), single = builder.Float("float", 4);
        int key = builder.Struct("key", 8, ("major", u32, 0), ("minor", u32, 32));
        int id = what switch
        {
            "u32" => u32,
            "s32" => s32,
            "u64" => u64,
            "float" => single,
            "typedef of u32" => builder.Typedef("__u32", u32),
            "const u32" => builder.Const(u32),
            "char[16]" => builder.Array(builder.Char(), 16),
            "char[8]" => builder.Array(builder.Char(), 8),
            "pointer to u32" => builder.Pointer(u32),
            "pointer to u64" => builder.Pointer(u64),
            "{ u32 major, u32 minor }" => key,
            "{ u32 major, u32 minor } of another name" => builder.Struct("another", 8, ("major", u32, 0), ("minor", u32, 32)),
            "{ u32 minor, u32 major }" => builder.Struct("another", 8, ("minor", u32, 0), ("major", u32, 32)),
            "{ u32 major, s32 minor }" => builder.Struct("another", 8, ("major", u32, 0), ("minor", s32, 32)),
            "{ u32 major, u32 minor at 64 }" => builder.Struct("another", 12, ("major", u32, 0), ("minor", u32, 64)),
            "union { u32 major, u32 minor }" => builder.Union("another", 4, ("major", u32, 0), ("minor", u32, 0)),
            "{ u32 major }" => builder.Struct("another", 4, ("major", u32, 0)),
            "{ u32 major at 32 }" => builder.Struct("another", 4, ("major", u32, 32)),
            "{ key dev }" => builder.Struct("outer", 8, ("dev", key, 0)),
            "{ other key dev }" => builder.Struct("outer", 8, ("dev", builder.Struct("other", 8, ("minor", u32, 0), ("major", u32, 32)), 0)),
            "{ low : 4, high : 4 }" => builder.BitStruct("bits", 4, ("low", u32, 0, 4), ("high", u32, 4, 4)),
            "{ low : 3, high : 5 }" => builder.BitStruct("bits", 4, ("low", u32, 0, 3), ("high", u32, 3, 5)),
            "enum { READ, WRITE }" => builder.Enum("op", 4, false, ("READ", 0), ("WRITE", 1)),
            "enum { READ, WRITE, FLUSH }" => builder.Enum("op", 4, false, ("READ", 0), ("WRITE", 1), ("FLUSH", 2)),
            "enum { WRITE, READ }" => builder.Enum("op", 4, false, ("WRITE", 0), ("READ", 1)),
            _ => throw new ArgumentException(what),
        };
        return (Btf.Parse(builder.Build()), id);
    }
}
