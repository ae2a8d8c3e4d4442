using EbpfAgent.Host;

namespace EbpfAgent.Tests.Host;

public sealed class KernelSymbolsTests : IDisposable
{
    private const string Kernel =
        """
        0000000000000000 A fixed_percpu_data
        0000000000021000 A cpu_tss_rw
        ffffffff81000000 T startup_64
        ffffffff81000000 T _stext
        ffffffff81000000 T _text
        ffffffff810000f0 t __pfx_do_one
        ffffffff81000100 T do_one
        ffffffff81000180 t do_two.part.0
        ffffffff81000200 T _etext
        ffffffff81400000 D __start_rodata
        ffffffff81400000 R linux_banner
        ffffffff81500000 B jiffies
        ffffffff81600000 B __bss_stop
        ffffffff81600000 B _end
        ffffffffc0000040 t nf_hook	[nf_tables]
        ffffffffc0000010 t nf_init	[nf_tables]
        ffffffffc0000ff0 T nf_last	[nf_tables]
        ffffffffc0001ff8 t veth_xmit	[veth]
        ffffffffc0200000 t bpf_prog_6deef7357e7b4530_count	[bpf]

        """;

    private readonly FakeRoot _root = new();

    public KernelSymbolsTests() => _root.Write("proc/kallsyms", Kernel);

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData(0, null)]
    [InlineData(0x21000, null)]
    [InlineData(0x7fffffffffffffff, null)]
    [InlineData(0xffffffff80ffffff, null)]
    [InlineData(0xffffffff81000000, "startup_64")]
    [InlineData(0xffffffff810000f8, "startup_64")]
    [InlineData(0xffffffff81000100, "do_one")]
    [InlineData(0xffffffff8100017f, "do_one")]
    [InlineData(0xffffffff81000180, "do_two.part.0")]
    [InlineData(0xffffffff810001ff, "do_two.part.0")]
    [InlineData(0xffffffff81000200, null)]
    [InlineData(0xffffffff813fffff, null)]
    [InlineData(0xffffffff81400000, "__start_rodata")]
    [InlineData(0xffffffff81500004, "jiffies")]
    [InlineData(0xffffffff81600000, null)]
    [InlineData(0xffffffffc0000010, "nf_init")]
    [InlineData(0xffffffffc000003f, "nf_init")]
    [InlineData(0xffffffffc0000fff, "nf_last")]
    [InlineData(0xffffffffc0001000, null)]
    [InlineData(0xffffffffc0001fff, "veth_xmit")]
    [InlineData(0xffffffffc0002000, null)]
    [InlineData(0xffffffffc0200fff, "bpf_prog_6deef7357e7b4530_count")]
    [InlineData(0xffffffffc0201000, null)]
    [InlineData(ulong.MaxValue, null)]
    public void An_address_has_the_name_of_what_holds_it(ulong address, string? name) => Assert.Equal(name, _root.Host.KernelSymbol(address));

    [Fact]
    public void Hidden_addresses_name_nothing()
    {
        _root.Write("proc/kallsyms", string.Join('\n', Kernel.Split('\n').Select(static line => line.Length > 16 ? "0000000000000000" + line[16..] : line)));
        var hidden = new KernelSymbols(_root.Path, _root.Time);

        Assert.Null(hidden.Find(0xffffffff81000100));
        Assert.Null(hidden.Find(0));
    }

    [Fact]
    public void Addresses_that_are_shown_later_are_read_after_a_minute()
    {
        _root.Write("proc/kallsyms", "0000000000000000 T do_one\n");
        Assert.Null(_root.Host.KernelSymbol(0xffffffff81000100));
        _root.Write("proc/kallsyms", Kernel);
        _root.Pass(59);
        Assert.Null(_root.Host.KernelSymbol(0xffffffff81000100));
        _root.Pass(1);

        Assert.Equal("do_one", _root.Host.KernelSymbol(0xffffffff81000100));
    }

    [Fact]
    public void A_module_that_comes_is_read_after_a_minute_when_it_is_asked_for()
    {
        Assert.Null(_root.Host.KernelSymbol(0xffffffffc0300010));
        _root.Write("proc/kallsyms", Kernel + "ffffffffc0300000 t tun_open\t[tun]\n");

        _root.Pass(59);
        Assert.Null(_root.Host.KernelSymbol(0xffffffffc0300010));
        _root.Pass(1);
        Assert.Equal("tun_open", _root.Host.KernelSymbol(0xffffffffc0300010));
    }

    /// <summary>The file says something else by now, which an unknown address outside of the kernel brings to light.</summary>
    [Fact]
    public void What_is_known_and_what_lies_in_the_kernel_itself_is_never_read_again()
    {
        Assert.Equal("do_one", _root.Host.KernelSymbol(0xffffffff81000100));
        _root.Write("proc/kallsyms", "ffffffff81000000 T all_else\n");
        _root.Pass(3600);

        Assert.Equal("do_one", _root.Host.KernelSymbol(0xffffffff81000100));
        Assert.Null(_root.Host.KernelSymbol(0xffffffff81000300));
        Assert.Equal("nf_last", _root.Host.KernelSymbol(0xffffffffc0000ff1));
        Assert.Null(_root.Host.KernelSymbol(0xffffffffd0000000));
        Assert.Equal("all_else", _root.Host.KernelSymbol(0xffffffff81000100));
    }

    [Fact]
    public void A_file_that_is_gone_leaves_what_was_read()
    {
        Assert.Equal("do_one", _root.Host.KernelSymbol(0xffffffff81000100));
        _root.Delete("proc/kallsyms");
        _root.Pass(60);

        Assert.Null(_root.Host.KernelSymbol(0xffffffffd0000000));
        Assert.Equal("do_one", _root.Host.KernelSymbol(0xffffffff81000100));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ffffffff81000100")]
    [InlineData("ffffffff81000100 T")]
    [InlineData("ffffffff81000100 T ")]
    [InlineData("ffffffff81000100 TT do_one")]
    [InlineData("fffffffff81000100 T do_one")]
    [InlineData("xyz T do_one")]
    [InlineData(" T do_one")]
    public void What_is_no_symbol_is_left_out(string line)
    {
        _root.Write("proc/kallsyms", $"{line}\nffffffff81000200 T good\n");

        Assert.Null(_root.Host.KernelSymbol(0xffffffff81000100));
        Assert.Equal("good", _root.Host.KernelSymbol(0xffffffff81000200));
    }

    [Fact]
    public void Two_hundred_thousand_symbols_take_less_than_10_MB()
    {
        var lines = Enumerable.Range(0, 200_000).Select(static i => $"{0xffffffff81000000UL + ((ulong)i * 64):x} t a_function_of_usual_length_{i}\n");
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(string.Concat(lines)));
        var table = KernelSymbolTable.Read(new LineReader(stream, long.MaxValue));

        Assert.Equal(200_000, table.Count);
        Assert.InRange(table.Size, 1, 10_000_000);
    }
}
