using System.Text;
using CsCheck;
using EbpfAgent.Survival;

namespace EbpfAgent.Tests.Survival;

public sealed class SafeNameTests
{
    [Theory]
    [InlineData("DiskLatency", "DiskLatency")]
    [InlineData("syscall-latency_2", "syscall-latency_2")]
    [InlineData("Acme.Disk", "Acme%2EDisk")]
    [InlineData("..", "%2E%2E")]
    [InlineData("a/b", "a%2Fb")]
    [InlineData("100%", "100%25")]
    [InlineData("é", "%C3%A9")]
    public void A_name_becomes_one_that_every_file_system_takes(string plugin, string expected)
    {
        Assert.Equal(expected, SafeName.Encode(plugin));
        Assert.Equal(plugin, SafeName.Decode(expected));
    }

    [Fact]
    public void Every_name_comes_back_and_no_two_meet() => Gen.String[1, 20].Sample(plugin =>
    {
        // Half a character can't be a file's name.
        plugin = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(plugin));
        string name = SafeName.Encode(plugin);
        return name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '%') && SafeName.Decode(name) == plugin;
    });

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("%zz")]
    [InlineData("%2e")]
    [InlineData("%61")]
    [InlineData("%C3")]
    [InlineData("é")]
    public void Another_programs_name_is_not_taken_for_a_plugins(string name) => Assert.Null(SafeName.Decode(name));

    [Fact]
    public void A_name_that_is_too_long_is_refused()
    {
        Assert.Equal(SafeName.MaxLength, SafeName.Encode(new string('x', SafeName.MaxLength)).Length);
        string message = Assert.Throws<SurvivalException>(() => SafeName.Encode(new string('.', 81))).Message;
        Assert.EndsWith("' can't survive the agent: its name takes 243 bytes as a file's, and 1 to 240 are possible; rename it", message, StringComparison.Ordinal);
        Assert.Throws<SurvivalException>(() => SafeName.Encode(""));
        Assert.Null(SafeName.Decode(new string('x', SafeName.MaxLength + 1)));
    }
}
