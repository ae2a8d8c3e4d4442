using System.Text;

namespace EbpfAgent.Tests.Host;

public sealed class ProcessNamesTests : IDisposable
{
    private readonly FakeRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData("bash\n", "bash")]
    [InlineData("kworker/0:1H-kb\n", "kworker/0:1H-kb")]
    [InlineData("two\nlines\n", "two\nlines")]
    [InlineData("no newline", "no newline")]
    [InlineData("\n", "")]
    [InlineData("", "")]
    public void The_name_is_all_but_the_last_newline(string text, string name)
    {
        _root.Write("proc/42/comm", text);

        Assert.Equal(name, _root.Host.ProcessName(42));
    }

    /// <summary>What would be a byte order mark at the beginning of a text file is a part of the name.</summary>
    [Theory]
    [InlineData(new byte[] { 0xff, 0xfe, (byte)'a', (byte)'b', (byte)'\n' }, "\ufffd\ufffdab")]
    [InlineData(new byte[] { 0xef, 0xbb, 0xbf, (byte)'a', (byte)'\n' }, "\ufeffa")]
    [InlineData(new byte[] { (byte)'a', 0xc3, (byte)'\n' }, "a\ufffd")]
    public void Any_byte_can_be_in_a_name(byte[] bytes, string name)
    {
        _root.Write("proc/42/comm", bytes);

        Assert.Equal(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(_root.Host.ProcessName(42)!));
    }

    [Fact]
    public void A_change_is_seen_after_ten_seconds_and_a_process_that_has_ended_keeps_its_name()
    {
        _root.Write("proc/42/comm", "sh\n");
        Assert.Equal("sh", _root.Host.ProcessName(42));
        _root.Write("proc/42/comm", "ls\n");
        _root.Pass(9.9);
        Assert.Equal("sh", _root.Host.ProcessName(42));
        _root.Pass(0.1);
        Assert.Equal("ls", _root.Host.ProcessName(42));

        _root.Delete("proc/42");
        _root.Pass(60);
        Assert.Equal("ls", _root.Host.ProcessName(42));
        Assert.Null(_root.Host.ProcessName(43));
    }
}
