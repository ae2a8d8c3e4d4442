using System.Text;
using EbpfAgent.Configuration;

namespace EbpfAgent.Tests.Configuration;

public sealed class PositionedJsonTests
{
    [Theory]
    [InlineData("", "1:1: the file is empty; expected an object: { }")]
    [InlineData(" \r\n\t", "1:1: the file is empty; expected an object: { }")]
    [InlineData("{", "1:2: not valid JSON: ")]
    [InlineData("{\n  listen: 1\n}", "2:3: not valid JSON: 'l' is an invalid start of a property name. Expected a '\"'.")]
    [InlineData("{\n  \"é\": é\n}", "2:8: not valid JSON: ")]
    [InlineData("{} {}", "1:4: not valid JSON: ")]
    [InlineData("{ // é\n /* é */ x }", "2:10: not valid JSON: ")]
    [InlineData("{\"listen\": \"a\nb\"}", "1:14: not valid JSON: ")]
    [InlineData("{\"interval\": 05}", "1:15: not valid JSON: ")]
    [InlineData("{\"interval\": 'x'}", "1:14: not valid JSON: ")]
    [InlineData("{ /* never ends", "1:")]
    [InlineData("// nothing else", "1:")]
    [InlineData("{\"listen\": \"\\ud83d\"}", "1:12: listen: an escape such as \\ud83d is half a character; write the other half after it")]
    [InlineData("{\"\\ud83d\": 1}", "1:2: an escape such as \\ud83d is half a character; write the other half after it")]
    public void A_syntax_error_has_its_place(string json, string expected)
    {
        string message = Sample.AgentError(json);
        Assert.StartsWith("agent.json:" + expected, message, StringComparison.Ordinal);
        // The library counts from 0 and in bytes; its own position would contradict ours.
        Assert.DoesNotContain("LineNumber", message, StringComparison.Ordinal);
        Assert.DoesNotContain("isFinalBlock", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_syntax_error_does_not_hide_the_duplicate_before_it() =>
        Assert.Equal(
            [
                "agent.json:1:15: listen: the key is there twice, first in line 1; remove one",
                "agent.json:1:28: not valid JSON: '?' is an invalid start of a property name. Expected a '\"'.",
            ],
            Sample.AgentError("{\"listen\": 1, \"listen\": 2, ?").Split('\n'));

    [Fact]
    public void Comments_trailing_commas_and_a_byte_order_mark_are_allowed()
    {
        var agent = Sample.Agent("\uFEFF// one\n{ /* two */ \"logFormat\": /**/ \"json\", \"pluginFolders\": [\"a\", ], } // four\n");
        Assert.Equal("json", agent.LogFormat);
        Assert.Equal(["/etc/ebpf-agent/a"], agent.PluginFolders);
    }

    [Fact]
    public void A_byte_order_mark_moves_no_column() =>
        Assert.StartsWith("agent.json:1:2: x: unknown key", Sample.AgentError("\uFEFF{\"x\": 1}"), StringComparison.Ordinal);

    [Theory]
    [InlineData("{\"é😀\": 0, \"x\": 1}", 11)]
    [InlineData("{\t\"\\u00e9\": 0, \"x\": 1}", 16)]
    public void Columns_count_characters_not_bytes(string json, int column) =>
        Assert.Contains($"agent.json:1:{column}: x: unknown key", Sample.AgentError(json), StringComparison.Ordinal);

    [Fact]
    public void Windows_line_ends_count_once() =>
        Assert.StartsWith("agent.json:3:2: x: unknown key", Sample.AgentError("{\r\n\r\n\t\"x\": 1}"), StringComparison.Ordinal);

    [Fact]
    public void Text_in_another_encoding_is_refused_at_its_first_byte()
    {
        Assert.Equal(
            "/etc/ebpf-agent/agent.json:2:3: not UTF-8: byte 0xe9; save the file as UTF-8",
            Error(Encoding.Latin1.GetBytes("{ // \n\"xé\": 1 }")));
        Assert.Equal(
            "/etc/ebpf-agent/agent.json:1:1: not UTF-8: byte 0xff; save the file as UTF-8",
            Error([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("{}")]));
    }

    [Fact]
    public void Nesting_without_end_is_refused()
    {
        string message = Sample.AgentError(string.Concat(Enumerable.Repeat("{\"a\":", 100_000)));
        Assert.Contains("maximum configured depth of 32", message, StringComparison.Ordinal);
        Assert.StartsWith("agent.json:1:", message, StringComparison.Ordinal);
    }

    private static string Error(byte[] utf8) =>
        Assert.Throws<ConfigurationException>(() => AgentConfigurationLoader.Parse(utf8, Sample.AgentFile, [])).Message;
}
