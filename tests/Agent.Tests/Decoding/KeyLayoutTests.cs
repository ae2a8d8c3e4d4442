using EbpfAgent.Bpf;
using EbpfAgent.Decoding;
using EbpfAgent.Tests.Bpf;

namespace EbpfAgent.Tests.Decoding;

public sealed class KeyLayoutTests
{
    [Fact]
    public void The_layout_of_clangs_struct_is_the_compilers()
    {
        var btf = Btf.Parse(BtfFromClang.Bytes);
        var layout = KeyLayout.FromBtf(btf, btf.Types.Single(type => type.Name == "everything").Id);

        // offsetof and sizeof of the same source, by hand.
        Assert.Equal(
            [
                "dev.major 0 4 Unsigned", "dev.minor 4 4 Unsigned", "comm 8 16 Chars", "mac 24 6 Array", "flag 30 1 Bool", "tiny 31 1 Signed",
                "delta 32 4 Signed", "op 36 4 Enum", "neg 40 4 Enum", "low 44 1 Unsigned", "high 44 2 Unsigned", "sbits 46 1 Signed",
                "ptr 48 8 Pointer", "text 56 8 Pointer", "ratio 64 8 Float", " 72 16 Union", "pair 88 8 Array", "grid 96 24 Array",
                "names 120 32 Array", "fn 152 8 Pointer", "row 160 8 Pointer", "wide 168 8 Unsigned", "tail 176 1 Unsigned",
            ],
            layout.Fields.Select(field => $"{field.Path} {field.Offset} {field.Size} {field.Kind}"));
        Assert.Equal(184, layout.Size);
        Assert.Equal([(47, 1), (177, 7)], layout.PaddingHoles);
        Assert.Equal("struct everything", layout.TypeName);
    }

    [Fact]
    public void Bits_are_counted_from_the_byte_that_holds_the_first()
    {
        var btf = Btf.Parse(BtfFromClang.Bytes);
        var fields = KeyLayout.FromBtf(btf, btf.Types.Single(type => type.Name == "everything").Id).Fields;

        Assert.Equal([(44, 0, 4), (44, 4, 12), (46, 0, 5)], fields.Where(field => field.BitSize > 0).Select(field => (field.Offset, field.BitOffset, field.BitSize)));
        Assert.True(fields.Single(field => field.Path == "sbits").IsSigned);
    }

    [Fact]
    public void A_scalar_key_is_one_field_without_a_name()
    {
        var b = new BtfBuilder();
        var id = b.Typedef("__u32", b.Int("unsigned int", 4));
        var layout = KeyLayout.FromBtf(Btf.Parse(b.Build()), id);

        var field = Assert.Single(layout.Fields);
        Assert.Equal(("", 0, 4, KeyFieldKind.Unsigned, "__u32"), (field.Path, field.Offset, field.Size, field.Kind, layout.TypeName));
    }

    [Fact]
    public void Holes_in_the_elements_of_an_array_are_found()
    {
        var b = new BtfBuilder();
        var element = b.Struct("element", 4, ("kind", b.Int("char8", 1), 0), ("port", b.Int("short", 2), 16));
        var id = b.Struct("key", 12, ("both", b.Array(element, 2), 0), ("last", b.Int("char9", 1), 64));

        Assert.Equal([(1, 1), (5, 1), (9, 3)], KeyLayout.FromBtf(Btf.Parse(b.Build()), id).PaddingHoles);
    }

    [Fact]
    public void Char_is_text_and_its_relatives_are_numbers()
    {
        var b = new BtfBuilder();
        var chars = b.Array(b.Typedef("letter", b.Const(b.Char())), 4);
        var schars = b.Array(b.Int("signed char", 1, 1), 4);
        var uchars = b.Array(b.Int("unsigned char", 1), 4);
        var single = b.Char();
        var id = b.Struct("key", 16, ("a", chars, 0), ("b", schars, 32), ("c", uchars, 64), ("d", single, 96));
        var fields = KeyLayout.FromBtf(Btf.Parse(b.Build()), id).Fields;

        Assert.Equal([KeyFieldKind.Chars, KeyFieldKind.Array, KeyFieldKind.Array, KeyFieldKind.Signed], fields.Select(field => field.Kind));
    }

    [Fact]
    public void The_part_behind_the_bucket_is_found_in_the_packed_layout_only()
    {
        var b = new BtfBuilder();
        var u32 = b.Int("unsigned int", 4);
        var u64 = b.Int("unsigned long", 8);
        var disk = b.Struct("disk_key", 8, ("major", u32, 0), ("minor", u32, 32));
        var packed = b.Typedef("keyed", b.Struct("seed", 12, ("bucket", u32, 0), ("sub_key", disk, 32)));
        var aligned = b.Struct("aligned", 16, ("bucket", u32, 0), ("sub_key", u64, 64));
        var named = b.Struct("other", 12, ("index", u32, 0), ("sub_key", disk, 32));
        var btf = Btf.Parse(b.Build());

        Assert.Equal(disk, KeyLayout.FindSubKey(btf, packed));
        Assert.Null(KeyLayout.FindSubKey(btf, aligned));
        Assert.Null(KeyLayout.FindSubKey(btf, named));
        Assert.Null(KeyLayout.FindSubKey(btf, disk));
    }

    [Fact]
    public void A_member_beyond_its_struct_is_refused()
    {
        var b = new BtfBuilder();
        var id = b.Struct("key", 4, ("far", b.Int("int", 4), 32));

        Assert.Equal(
            "BTF: member 'far' at bit 32 does not fit into the 4 bytes of struct key.",
            Assert.Throws<BtfException>(() => KeyLayout.FromBtf(Btf.Parse(b.Build()), id)).Message);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(5000u)]
    public void A_size_that_no_key_has_is_refused(uint size)
    {
        var b = new BtfBuilder();
        var id = b.Array(b.Char(), size);

        Assert.Contains($"{size} bytes", Assert.Throws<BtfException>(() => KeyLayout.FromBtf(Btf.Parse(b.Build()), id)).Message, StringComparison.Ordinal);
    }
}
