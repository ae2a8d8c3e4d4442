using EbpfAgent.Abstractions;

namespace EbpfAgent.Tests;

public sealed class BpfObjectSourceTests
{
    [Fact]
    public void A_resource_and_a_file_of_one_name_are_told_apart()
    {
        Assert.True(BpfObjectSource.FromResource("a.bpf.o").IsResource);
        Assert.False(BpfObjectSource.FromFile("a.bpf.o").IsResource);
        Assert.Equal("embedded resource 'a.bpf.o'", BpfObjectSource.FromResource("a.bpf.o").ToString());
        Assert.Equal("file 'a.bpf.o'", BpfObjectSource.FromFile("a.bpf.o").ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void An_empty_name_is_refused(string name)
    {
        Assert.Throws<ArgumentException>(() => BpfObjectSource.FromResource(name));
        Assert.Throws<ArgumentException>(() => BpfObjectSource.FromFile(name));
    }
}
