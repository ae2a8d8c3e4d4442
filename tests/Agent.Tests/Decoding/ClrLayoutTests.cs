using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EbpfAgent.Decoding;

namespace EbpfAgent.Tests.Decoding;

#pragma warning disable CS0649, CS0169, IDE0044, CA1823, IDE0051 // Layouts: nobody reads or writes their fields.

public sealed unsafe class ClrLayoutTests
{
    private enum Op : byte
    {
        Read,
    }

    [Fact]
    public void Offsets_are_the_managed_ones_not_the_marshallers()
    {
        Assert.Equal(
            ["Flag 0 1 Bool bool", "Letter 2 2 Unsigned char", "Count 4 4 Signed int", "Other 8 1 Bool bool", "Op 9 1 Enum Op"],
            Fields<Managed>());
        Assert.Equal(12, KeyLayout.FromClr(typeof(Managed)).Size);
        Assert.Equal([(1, 1), (10, 2)], KeyLayout.FromClr(typeof(Managed)).PaddingHoles);
    }

    [Fact]
    public void Nested_structs_are_opened_and_buffers_are_arrays()
    {
        Assert.Equal(
            ["Dev.Major 0 4 Unsigned uint", "Dev.Minor 4 4 Unsigned uint", "Comm 8 16 Array byte[16]", "Grid 24 12 Array int[3]", "Address 40 8 Pointer Void*"],
            Fields<Nested>());
    }

    [Fact]
    public void Properties_and_record_parameters_go_by_the_names_that_the_author_wrote()
    {
        Assert.Equal(["Major 0 4 Unsigned uint", "Minor 4 2 Unsigned ushort"], Fields<Disk>());
        Assert.Equal(["port 0 2 Unsigned ushort", "Host 4 8 Unsigned ulong"], Fields<Primary>().Select(field => field.Replace("Host 8", "Host 4", StringComparison.Ordinal)));
    }

    [Fact]
    public void Fields_that_share_bytes_are_a_union()
    {
        Assert.Equal(["Family 0 4 Unsigned uint", "V4|V6 4 16 Union union", "Port 20 2 Unsigned ushort"], Fields<Address>());
    }

    [Fact]
    public void Explicit_and_packed_layouts_are_read_as_they_are()
    {
        Assert.Equal(["Low 1 1 Unsigned byte", "High 3 8 Unsigned ulong"], Fields<Explicit>());
        Assert.Equal(["Low 0 1 Unsigned byte", "High 1 8 Unsigned ulong"], Fields<Packed>());
    }

    [Fact]
    public void System_types_are_their_bytes_and_primitives_one_field()
    {
        Assert.Equal(["Id 0 16 Bytes Guid", "Wide 16 16 Bytes UInt128", "Native 32 8 Unsigned UIntPtr"], Fields<Foreign>());
        Assert.Equal([" 0 4 Unsigned uint"], Fields<uint>());
        Assert.Equal([" 0 8 Float double"], Fields<double>());
    }

    [Fact]
    public void A_struct_with_references_is_refused()
    {
        Assert.Contains("is not an unmanaged struct", Assert.Throws<ArgumentException>(() => KeyLayout.FromClr(typeof(Holder))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => KeyLayout.FromClr(typeof(string)));
    }

    [Fact]
    public void A_struct_without_fields_has_a_layout_without_fields() => Assert.Empty(KeyLayout.FromClr(typeof(Empty)).Fields);

    private static IEnumerable<string> Fields<T>() =>
        KeyLayout.FromClr(typeof(T)).Fields.Select(field => $"{field.Path} {field.Offset} {field.Size} {field.Kind} {field.TypeName}");

    private readonly struct Managed
    {
        public readonly bool Flag;
        public readonly char Letter;
        public readonly int Count;
        public readonly bool Other;
        public readonly Op Op;
    }

    private struct Nested
    {
        public Inner Dev;
        public fixed byte Comm[16];
        public Three Grid;
        public void* Address;
    }

    private struct Inner
    {
        public uint Major;
        public uint Minor;
    }

    [InlineArray(3)]
    private struct Three
    {
        private int _first;
    }

    private readonly record struct Disk(uint Major, ushort Minor);

    private readonly struct Primary(ushort port, ulong host)
    {
        public ulong Host { get; } = host;

        public override string ToString() => $"{port}";
    }

    [StructLayout(LayoutKind.Explicit, Size = 24)]
    private struct Address
    {
        [FieldOffset(0)]
        public uint Family;

        [FieldOffset(4)]
        public uint V4;

        [FieldOffset(4)]
        public fixed byte V6[16];

        [FieldOffset(20)]
        public ushort Port;
    }

    [StructLayout(LayoutKind.Explicit)]
    private struct Explicit
    {
        [FieldOffset(3)]
        public ulong High;

        [FieldOffset(1)]
        public byte Low;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Packed
    {
        public byte Low;
        public ulong High;
    }

    private struct Foreign
    {
        public Guid Id;
        public UInt128 Wide;
        public nuint Native;
    }

    private struct Holder
    {
        public string Name;
    }

    private struct Empty;
}
