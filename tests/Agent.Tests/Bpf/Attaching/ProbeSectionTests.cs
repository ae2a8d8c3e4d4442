using EbpfAgent.Abstractions;
using EbpfAgent.Bpf.Attaching;

namespace EbpfAgent.Tests.Bpf.Attaching;

/// <summary>Sections that name a place in a binary, as libbpf reads them.</summary>
public sealed class ProbeSectionTests
{
    [Theory]
    [InlineData("uprobe/libc.so.6:malloc", "libc.so.6", "malloc", 0, false)]
    [InlineData("uprobe.s//usr/bin/bash:readline", "/usr/bin/bash", "readline", 0, false)]
    [InlineData("uretprobe//usr/bin/bash:readline", "/usr/bin/bash", "readline", 0, true)]
    [InlineData("uprobe/libc.so.6:memcpy@GLIBC_2.14+0x1f", "libc.so.6", "memcpy@GLIBC_2.14", 31, false)]
    [InlineData("uprobe/a:f+12", "a", "f", 12, false)]
    public void A_uprobe(string section, string binary, string function, ulong offset, bool isReturn)
    {
        UprobeAttachment at = ProbeSections.Uprobe(section)!;
        Assert.Equal((binary, function, offset, isReturn, null), (at.Binary, at.Symbol, at.Offset, at.IsReturn, at.ProcessId));
    }

    [Theory]
    [InlineData("uprobe")]
    [InlineData("uprobe/")]
    [InlineData("uprobe/malloc")]
    [InlineData("uprobe/a:")]
    [InlineData("uprobe/a:f+")]
    [InlineData("uprobe/a:f+zz")]
    [InlineData("uprobe/a:f+99999999999999999999")]
    [InlineData("uretprobe/a:f+4")]
    [InlineData("uprobe.multi/a:f*")]
    [InlineData("kprobe/f")]
    public void What_is_none(string section) => Assert.Null(ProbeSections.Uprobe(section));

    [Fact]
    public void A_USDT_probe()
    {
        UsdtAttachment at = ProbeSections.Usdt("usdt//usr/lib/libpython3.so:python:gc__start")!;
        Assert.Equal(("/usr/lib/libpython3.so", "python", "gc__start"), (at.Binary, at.Provider, at.Name));
        Assert.All((string[])["usdt", "usdt/a", "usdt/a:b", "usdt/a:b:c:d", "usdt/::"], static section => Assert.Null(ProbeSections.Usdt(section)));
    }
}
