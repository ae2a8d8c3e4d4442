using System.Text.RegularExpressions;
using EbpfAgent.Decoding;
using EbpfAgent.Decoding.JavaScript;
using EbpfAgent.Tests.Configuration;

namespace EbpfAgent.Tests.Decoding.JavaScript;

/// <summary>What <c>docs/javascript.md</c> shows is true.</summary>
public sealed partial class ScriptDocumentTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(Sample.RepositoryRoot(), "docs", "javascript.md"));

    private static readonly (string Name, string Text)[] Files = [.. Blocks().Matches(Document).Select(match => (match.Groups["name"].Value, match.Groups["text"].Value))];

    /// <summary>The document's struct: device 8:1, an address, -ENOENT, 10.1.2.3, a name, operation 3.</summary>
    private static readonly byte[] Key =
        [8, 0, 0, 0, 1, 0, 0, 0, 42, 0, 0, 0, 0, 0, 0, 0x80, 0xfe, 0xff, 0xff, 0xff, 10, 1, 2, 3, .. "bash"u8, .. new byte[12], 3, .. new byte[7]];

    [Fact]
    public void Every_block_of_code_has_a_name()
    {
        Assert.Equal(Regex.Count(Document, "^```js(on)?$", RegexOptions.Multiline), Files.Length);
        Assert.Equal(["addresses.js", "labels.js", "lib/operation.js", "noisy.js", "operations.js", "ops.json", "slow-only.js", "typed.js"], Files.Select(file => file.Name).Order());
    }

    [Theory]
    [InlineData("labels.js", "dev8-1", "ENOENT")]
    [InlineData("slow-only.js", "bash")]
    [InlineData("operations.js", "discard")]
    [InlineData("addresses.js", "sym9223372036854775850", "internal")]
    [InlineData("noisy.js", "3")]
    [InlineData("typed.js", "dev8-1")]
    public void Its_decoders_work(string name, params string[] values)
    {
        using var decoder = Load(name);

        Assert.Equal(values, decoder.Decode(Key));
    }

    [Fact]
    public void A_key_that_is_left_out_is_left_out()
    {
        using var decoder = Load("slow-only.js");
        byte[] key = [.. Key];
        "swapper/0"u8.CopyTo(key.AsSpan(24));

        Assert.Null(decoder.Decode(key));
    }

    [Fact]
    public void Its_tables_have_every_function_of_the_host()
    {
        var documented = Functions().Matches(Document).Select(match => match.Groups["name"].Value).Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(Scripts.Value("return [Object.keys(host).sort().join(' ')];"), string.Join(' ', documented));
    }

    [Theory]
    [InlineData("tcpState(1)", "ESTABLISHED")]
    [InlineData("addressFamily(10)", "AF_INET6")]
    [InlineData("protocol(6)", "tcp")]
    [InlineData("softirq(3)", "NET_RX")]
    [InlineData("signal(9)", "SIGKILL")]
    [InlineData("hex(31)", "0x1f")]
    [InlineData("hex([0, 31])", "001f")]
    public void Its_examples_are_what_the_functions_give(string call, string text)
    {
        Assert.Contains($"`{text}`", Document, StringComparison.Ordinal);
        Assert.Equal(text, Scripts.Value($"return [host.{call}];"));
    }

    [Fact]
    public void Its_limits_are_the_agents()
    {
        var limits = new EbpfAgent.Configuration.PluginLimits();
        Assert.Contains($"| time of a call | {limits.ScriptTimeout.TotalMilliseconds} ms; 5 s to load |", Document, StringComparison.Ordinal);
        Assert.Contains($"| memory that a call allocates | {limits.ScriptMemory >> 20} MiB |", Document, StringComparison.Ordinal);
        Assert.Contains($"| statements of a call | {limits.ScriptStatements:n0} |", Document, StringComparison.Ordinal);
        Assert.Contains($"| depth of calls | {ScriptLimits.Recursion} |", Document, StringComparison.Ordinal);
        Assert.Contains($"| length of an array | {ScriptLimits.ArrayLength:n0} |", Document, StringComparison.Ordinal);
        Assert.Contains($"takes or makes | {ScriptLimits.TextLength:n0} |", Document, StringComparison.Ordinal);
        Assert.Contains($"| files of a script | {ScriptLimits.Modules} |", Document, StringComparison.Ordinal);
        Assert.Contains($"| {ScriptLimits.SourceLength:n0}; {ScriptLimits.ImportedLength:n0} characters |", Document, StringComparison.Ordinal);
        Assert.Contains($"| {ScriptLimits.JsonValues:n0} values, nested {ScriptLimits.JsonDepth} deep |", Document, StringComparison.Ordinal);
        Assert.Contains($"at most {ScriptLimits.LinesPerCall} in a call and {ScriptLimits.LinesPerMinute} in a minute", Document, StringComparison.Ordinal);
    }

    private static ScriptDecoder Load(string name)
    {
        var files = Scripts.Source([("decode.js", ""), .. Files]).Files;
        return Scripts.Load(new ScriptSource(name, Files.Single(file => file.Name == name).Text) { Files = files }, DocumentedKey());
    }

    private static KeyLayout DocumentedKey() => Scripts.Layout(b =>
    {
        var (u8, u32) = (b.Int("unsigned char", 1), b.Int("unsigned int", 4));
        var dev = b.Struct("", 8, ("major", u32, 0), ("minor", u32, 32));
        return b.Struct(
            "key",
            48,
            ("dev", dev, 0),
            ("address", b.Int("unsigned long long", 8), 64),
            ("error", b.Int("int", 4, 1), 128),
            ("saddr", u32, 160),
            ("comm", b.Array(b.Char(), 16), 192),
            ("op", u8, 320),
            ("pad", b.Array(u8, 7), 328));
    });

    [GeneratedRegex(@"`(?<name>[\w./-]+)`:\n\n```js(on)?\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"^\|.*?`host\.(?<name>\w+)|, `host\.(?<name>\w+)\(\w+, \w+\)` \|", RegexOptions.Multiline)]
    private static partial Regex Functions();
}
