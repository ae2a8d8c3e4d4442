using System.Runtime.InteropServices;
using EbpfAgent.Bpf;
using EbpfAgent.Decoding;
using EbpfAgent.Tests.Bpf;

namespace EbpfAgent.Tests.Decoding;

#pragma warning disable CS0649, CS0169, IDE0044 // Layouts: nobody reads or writes their fields.

public sealed unsafe class LayoutCheckTests
{
    [Fact]
    public void The_same_layout_passes_without_a_word()
    {
        var report = LayoutCheck.Compare("events", KeyLayout.FromClr(typeof(DiskKey)), Kernel(("major", "__u32", 0), ("minor", "__u32", 4), ("op", "__u8", 8)));

        Assert.Null(report.Error);
        Assert.Equal(
            "Map 'events': the key struct disk_key has padding at bytes 9 to 11. What the program leaves in it makes several map entries of one key. "
            + "Equal labels are summed, so the numbers are right, but entries are wasted: make the padding a field, or zero the key first.",
            Assert.Single(report.Warnings));
    }

    [Fact]
    public void A_difference_is_an_error_that_shows_both_layouts()
    {
        var report = LayoutCheck.Compare("events", KeyLayout.FromClr(typeof(DiskKey)), Kernel(("major", "__u32", 0), ("op", "__u8", 4), ("minor", "__u32", 8)));

        Assert.Equal(
            """
            Map 'events': the C# struct DiskKey does not have the layout of the key struct disk_key: at offset 4 the kernel's 'op' is 1 byte wide, 'Minor' 4 bytes. Give the fields of DiskKey the offsets and widths on the left (a filler field for padding), then rebuild the plugin.
               offset  width  struct disk_key  width  DiskKey
                    0      4  __u32 major          4  uint Major
            !       4      1  __u8 op              4  uint Minor
            !       8      4  __u32 minor          1  byte Op
                 size     12                      12
            """,
            report.Error);
    }

    [Fact]
    public void A_missing_field_and_a_wrong_size_are_named()
    {
        var kernel = Kernel(("major", "__u32", 0), ("minor", "__u32", 4));
        Assert.Contains(
            "at offset 8 the struct has 'Op', the kernel no field",
            LayoutCheck.Compare("events", KeyLayout.FromClr(typeof(DiskKey)), kernel).Error,
            StringComparison.Ordinal);

        Assert.Contains(
            "the kernel's key has 12 bytes, the struct 8",
            LayoutCheck.Compare("events", KeyLayout.FromClr(typeof(Pair)), kernel).Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_compared_without_case_and_underscores()
    {
        var report = LayoutCheck.Compare("events", KeyLayout.FromClr(typeof(DiskKey)), Kernel(("_MAJOR", "__u32", 0), ("first_minor", "__u32", 4), ("op", "__u8", 8)));

        Assert.Null(report.Error);
        Assert.Equal(
            "Map 'events': the field at offset 4 is 'first_minor' in the kernel and 'Minor' in DiskKey. If they mean the same, give them one name; if not, the labels are wrong.",
            report.Warnings[0]);
    }

    [Fact]
    public void A_run_of_bitfields_is_one_number_in_csharp()
    {
        var b = new BtfBuilder();
        var u32 = b.Int("unsigned int", 4);
        var id = b.BitStruct("flags", 8, ("low", u32, 0, 4), ("high", u32, 4, 12), ("count", u32, 32, 0));
        var kernel = KeyLayout.FromBtf(Btf.Parse(b.Build()), id);

        Assert.Null(LayoutCheck.Compare("events", KeyLayout.FromClr(typeof(Flags)), kernel).Error);
        Assert.Null(LayoutCheck.Compare("events", KeyLayout.FromClr(typeof(ShortFlags)), kernel).Error);
        Assert.Contains("'low:4 high:12' is 2 bytes wide, 'Bits' 1 byte", LayoutCheck.Compare("events", KeyLayout.FromClr(typeof(NarrowFlags)), kernel).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Buffers_and_unions_match_by_their_width()
    {
        var b = new BtfBuilder();
        var u32 = b.Int("unsigned int", 4);
        var address = b.Union("", 16, ("v4", u32, 0), ("v6", b.Array(b.Int("unsigned char", 1), 16), 0));
        var id = b.Struct("conn", 36, ("comm", b.Array(b.Char(), 16), 0), ("", address, 128), ("port", u32, 256));

        var report = LayoutCheck.Compare("events", KeyLayout.FromClr(typeof(Connection)), KeyLayout.FromBtf(Btf.Parse(b.Build()), id));
        Assert.Null(report.Error);
        Assert.Empty(report.Warnings);
    }

    private static KeyLayout Kernel(params (string Name, string Type, uint Offset)[] members)
    {
        var b = new BtfBuilder();
        var types = new Dictionary<string, int> { ["__u32"] = b.Typedef("__u32", b.Int("unsigned int", 4)) };
        types["__u8"] = b.Typedef("__u8", b.Int("unsigned char", 1));
        var id = b.Struct("disk_key", 12, [.. members.Select(member => (member.Name, types[member.Type], member.Offset * 8))]);
        return KeyLayout.FromBtf(Btf.Parse(b.Build()), id);
    }

    private struct DiskKey
    {
        public uint Major;
        public uint Minor;
        public byte Op;
    }

    private struct Pair
    {
        public uint Major;
        public uint Minor;
    }

    private struct Flags
    {
        public uint Bits;
        public uint Count;
    }

    private struct ShortFlags
    {
        public ushort Bits;
        public uint Count;
    }

    private struct NarrowFlags
    {
        public byte Bits;
        public uint Count;
    }

    [StructLayout(LayoutKind.Explicit)]
    private struct Connection
    {
        [FieldOffset(0)]
        public fixed byte Comm[16];

        [FieldOffset(16)]
        public uint V4;

        [FieldOffset(16)]
        public fixed byte V6[16];

        [FieldOffset(32)]
        public uint Port;
    }
}
