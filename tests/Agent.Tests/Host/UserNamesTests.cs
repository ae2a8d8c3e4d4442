namespace EbpfAgent.Tests.Host;

public sealed class UserNamesTests : IDisposable
{
    private const string Users =
        """
        root:x:0:0:root:/root:/bin/bash
        toor:x:0:0:the other root:/root:/bin/sh
        # a comment:x:5:5
        +::::::
        daemon:x:1
        short:x
        :x:6:6:no name:/:/bin/sh
        odd:x:1x:0::/:
        empty:x::0::/:
        jörg-1$:x:1000:1000:Jörg,,,:/home/j:/bin/zsh
        nobody:x:4294967295:65534::/:
        tooLarge:x:4294967296:0::/:
        last:x:1001:100::/:
        """;

    private readonly FakeRoot _root = new();

    public UserNamesTests() => _root.Write("etc/passwd", Users);

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData(0, "root")]
    [InlineData(1, "daemon")]
    [InlineData(5, "# a comment")]
    [InlineData(6, null)]
    [InlineData(1000, "jörg-1$")]
    [InlineData(1001, "last")]
    [InlineData(uint.MaxValue, "nobody")]
    [InlineData(2, null)]
    public void A_number_has_its_first_name(uint id, string? name) => Assert.Equal(name, _root.Host.UserName(id));

    [Fact]
    public void A_change_is_seen_after_ten_seconds()
    {
        Assert.Null(_root.Host.UserName(42));
        _root.Write("etc/passwd", "new:x:42:42::/:/bin/sh\n");

        _root.Pass(9.9);
        Assert.Null(_root.Host.UserName(42));
        _root.Pass(0.1);
        Assert.Equal("new", _root.Host.UserName(42));
    }

    [Fact]
    public void A_file_that_was_replaced_by_one_of_the_same_length_and_time_is_seen()
    {
        Assert.Equal("root", _root.Host.UserName(0));
        _root.Write("etc/passwd.new", Users.Replace("root:x:0", "boss:x:0", StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(_root["etc/passwd.new"], File.GetLastWriteTimeUtc(_root["etc/passwd"]));
        File.Move(_root["etc/passwd.new"], _root["etc/passwd"], overwrite: true);
        _root.Pass(10);

        Assert.Equal("boss", _root.Host.UserName(0));
    }

    [Fact]
    public void A_user_that_is_gone_keeps_the_name()
    {
        Assert.Equal("last", _root.Host.UserName(1001));
        _root.Write("etc/passwd", "root:x:0:0::/:\n");
        _root.Pass(10);
        Assert.Equal("last", _root.Host.UserName(1001));
        _root.Delete("etc/passwd");
        _root.Pass(10);

        Assert.Equal("last", _root.Host.UserName(1001));
        Assert.Equal("root", _root.Host.UserName(0));
    }
}
