using CsCheck;
using EbpfAgent.Host;
using Microsoft.Win32.SafeHandles;

namespace EbpfAgent.Tests.Host;

public sealed class ElfSymbolsTests
{
    [Theory]
    [InlineData(0x0fff, null)]
    [InlineData(0x1000, "first")]
    [InlineData(0x101f, "first")]
    [InlineData(0x1020, null)]
    [InlineData(0x1040, "no_size")]
    [InlineData(0x104f, "no_size")]
    [InlineData(0x1050, "ifunc")]
    [InlineData(0x1060, null)]
    [InlineData(0x2000, "second_segment")]
    [InlineData(0x200f, "second_segment")]
    [InlineData(0x2010, null)]
    [InlineData(ulong.MaxValue, null)]
    public void An_offset_in_the_file_has_the_function_at_its_address(ulong offset, string? name)
    {
        ElfSymbols symbols = Read(new ElfBuilder()
            .Segment(0x1000, 0x401000, 0x1000).Segment(0x2000, 0x800000, 0x10)
            .Table(
                ElfBuilder.AllSymbols,
                new Symbol("ifunc", 0x401050, 0x10, Type: 10),
                new Symbol("first", 0x401000, 0x20),
                new Symbol("no_size", 0x401040, 0),
                new Symbol("second_segment", 0x800000, 0x100)));

        Assert.Equal(name, symbols.Find(offset));
    }

    [Theory]
    [InlineData("an object", 1, 1, 1UL)]
    [InlineData("not defined", 2, 0, 1UL)]
    [InlineData("at zero", 2, 1, 0UL)]
    public void Only_functions_that_are_there_have_names(string name, int type, ushort section, ulong address)
    {
        var odd = new Symbol(name, address, 10, Type: type, Section: section);
        ElfSymbols symbols = Read(new ElfBuilder().Segment(0, 0, 100).Table(ElfBuilder.AllSymbols, odd, new Symbol("other", 50, 1)));

        Assert.Null(symbols.Find(address));
        Assert.Equal(1, symbols.Count);
    }

    [Theory]
    [InlineData("write", "__libc_write 1", "write 2", "__write 1")]
    [InlineData("malloc", "__libc_malloc 1", "malloc 1")]
    [InlineData("global", "local 0", "weak 2", "global 1")]
    [InlineData("first", "first 1", "second 1")]
    [InlineData("memcpy", "memcpy@@GLIBC_2.14 1")]
    [InlineData("@odd", "@odd 1")]
    public void Of_several_names_it_is_the_one_that_people_use(string expected, params string[] names)
    {
        Symbol[] symbols = [.. names.Select(static name => name.Split(' ')).Select(static parts => new Symbol(parts[0], 16, 4, Binding: int.Parse(parts[1])))];

        Assert.Equal(expected, Read(new ElfBuilder().Segment(0, 0, 100).Table(ElfBuilder.AllSymbols, symbols)).Find(16));
    }

    [Fact]
    public void A_stripped_file_has_its_dynamic_symbols()
    {
        var dynamic = new Symbol("exported", 1, 4);
        Assert.Equal("exported", Read(new ElfBuilder().Segment(0, 0, 100).Table(ElfBuilder.DynamicSymbols, dynamic)).Find(2));
        // A table without functions is no better than none.
        var variable = new Symbol("variable", 1, 4, Type: 1);
        Assert.Equal("exported", Read(new ElfBuilder().Segment(0, 0, 100).Table(ElfBuilder.AllSymbols, variable).Table(ElfBuilder.DynamicSymbols, dynamic)).Find(2));
        var all = new Symbol("all", 1, 4);
        Assert.Equal("all", Read(new ElfBuilder().Segment(0, 0, 100).Table(ElfBuilder.DynamicSymbols, dynamic).Table(ElfBuilder.AllSymbols, all)).Find(2));
    }

    [Fact]
    public void What_has_no_length_ends_with_its_page_and_is_left_out_where_most_are_missing()
    {
        var start = new Symbol("_start", 0x1f00, 0);
        var next = new Symbol("next", 0x5000, 4);
        ElfSymbols all = Read(new ElfBuilder().Segment(0, 0, 0x10000).Table(ElfBuilder.AllSymbols, start, next));
        ElfSymbols dynamic = Read(new ElfBuilder().Segment(0, 0, 0x10000).Table(ElfBuilder.DynamicSymbols, start, next));

        Assert.Equal(("_start", null, "next"), (all.Find(0x1fff), all.Find(0x2000), all.Find(0x5003)));
        Assert.Equal((null, "next"), (dynamic.Find(0x1f00), dynamic.Find(0x5003)));
    }

    [Fact]
    public void A_name_outside_of_the_strings_is_left_out()
    {
        Symbol[] table = [new Symbol("x", 1, 4, NameAt: uint.MaxValue), new Symbol("y", 10, 4), new Symbol("z", 20, 4, NameAt: 0)];
        ElfSymbols symbols = Read(new ElfBuilder().Segment(0, 0, 100).Table(ElfBuilder.AllSymbols, table));

        Assert.Equal((null, "y", null), (symbols.Find(1), symbols.Find(10), symbols.Find(20)));
    }

    [Theory]
    [InlineData(0, 0x7e, "not ELF")]
    [InlineData(4, 1, "32 bits")]
    [InlineData(5, 2, "big-endian")]
    [InlineData(54, 55, "odd segments")]
    [InlineData(58, 63, "odd sections")]
    [InlineData(39, 0xff, "segments beyond the file")]
    [InlineData(47, 0xff, "sections beyond the file")]
    [InlineData(61, 0xff, "more sections than the file can have")]
    [InlineData(57, 0xff, "more segments than the file can have")]
    public void What_is_no_such_file_has_none(int at, byte value, string what)
    {
        byte[] bytes = Sound();
        Assert.NotEqual(0, Read(bytes).Count);
        bytes[at] = value;

        Assert.True(Read(bytes).Count == 0, what);
    }

    [Theory]
    [InlineData(120 + 24 + 7, 0xff)] // where the table is
    [InlineData(120 + 32 + 7, 0xff)] // its size
    [InlineData(120 + 32 + 4, 0x01)] // 4 GiB
    [InlineData(120 + 40 + 3, 0xff)] // its strings
    [InlineData(184 + 24 + 7, 0xff)] // where those are
    [InlineData(184 + 32 + 4, 0x01)] // 4 GiB
    public void A_table_that_is_not_in_the_file_is_none(int at, byte value)
    {
        byte[] bytes = Sound();
        bytes[at] = value;

        Assert.Equal(0, Read(bytes).Count);
    }

    /// <summary>A sparse file that claims as much as it can: it takes bounded time and memory, and comes to nothing.</summary>
    [Fact]
    public void A_huge_table_is_refused()
    {
        byte[] bytes = Sound();
        ElfBuilder.Quad(bytes, 120 + 32, 1UL << 30);
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, bytes);
            using SafeFileHandle file = File.OpenHandle(path, access: FileAccess.ReadWrite);
            RandomAccess.SetLength(file, 4L << 30);
            Assert.Equal(0, ElfSymbols.Read(new ElfBytes(file, 4L << 30)).Count);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_cut_file_has_some_or_none_but_no_error()
    {
        byte[] bytes = Sound();
        for (int length = 0; length < bytes.Length; length++) Read(bytes[..length]).Find(16);
    }

    [Fact]
    public void Changed_bytes_are_no_error() =>
        Gen.Select(Gen.Int[0, Sound().Length - 1], Gen.Byte, Gen.ULong).Array[1, 8].Sample(static changes =>
        {
            byte[] bytes = Sound();
            foreach ((int at, byte value, _) in changes) bytes[at] = value;
            ElfSymbols symbols = Read(bytes);
            foreach ((_, _, ulong offset) in changes) symbols.Find(offset);
        }, iter: 2000);

    /// <summary>One segment at byte 64, and the sections at 120 and 184.</summary>
    private static byte[] Sound() => new ElfBuilder().Segment(0, 0, 1 << 20).Table(ElfBuilder.AllSymbols, new Symbol("main", 16, 8), new Symbol("other", 32, 8)).Build();

    private static ElfSymbols Read(ElfBuilder builder) => Read(builder.Build());

    private static ElfSymbols Read(byte[] bytes)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, bytes);
            using SafeFileHandle file = File.OpenHandle(path);
            return ElfSymbols.Read(new ElfBytes(file, bytes.Length));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
