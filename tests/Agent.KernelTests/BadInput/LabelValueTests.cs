using EbpfAgent.Configuration;
using EbpfAgent.Lifecycle;
using EbpfAgent.Series;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.BadInput;

/// <summary>Whatever a script returns, one sample stays one line, and reads back as what it was.</summary>
public sealed class LabelValueTests : KernelTest
{
    [Theory]
    [InlineData("""'a "quoted" name'""", "a \"quoted\" name")]
    [InlineData("""'back\\slash'""", "back\\slash")]
    [InlineData("""'two\nlines'""", "two\nlines")]
    [InlineData("""'"} 1\nfake_metric{x="'""", "\"} 1\nfake_metric{x=\"")]
    [InlineData("""'lone \ud800 surrogate'""", "lone \ufffd surrogate")]
    [InlineData("""'\ud83d\ude00'""", "\ud83d\ude00")]
    [InlineData("""''""", "")]
    [InlineData("""'\\n'""", "\\n")]
    public void A_value_reads_back_as_it_was(string literal, string value)
    {
        using AgentFolder folder = new AgentFolder().WithScript("nasty", $$"""export const labels = ["x"]; export const decode = key => [{{literal}}];""");
        using PolledPlugin plugin = Load(folder);
        plugin.Observe("observe_latency", 1, key: 1);
        Scrape scrape = plugin.Poll();
        Assert.Equal(1UL, scrape.Count("nasty", ("x", value)));
        Assert.All(scrape.Samples, static sample => Assert.StartsWith("nasty_", sample.Name, StringComparison.Ordinal));
        (int exitCode, string output) = Shell.RunWithInput(scrape.Text, "promtool", "check", "metrics");
        Assert.Equal((0, ""), (exitCode, output));
    }

    /// <summary>A name in the kernel is bytes: what is no UTF-8 is replaced, and cut at its zero.</summary>
    [Theory]
    [InlineData(0x00_00_00_00_00_63_62_61UL, "abc")]
    [InlineData(0x00_00_00_00_61_fe_ff_61UL, "a\ufffd\ufffda")]
    [InlineData(0x78_78_00_00_00_0a_22_5cUL, "\\\"\n")]
    [InlineData(0x68_67_66_65_64_63_62_61UL, "abcdefgh")]
    public void Bytes_of_the_kernel_become_a_legal_value(ulong bytes, string value)
    {
        using AgentFolder folder = new AgentFolder().WithScript("text", """export const labels = ["x"]; export const decode = key => [key.text];""", "text_key.bpf.o");
        using PolledPlugin plugin = Load(folder);
        plugin.Observe("observe_latency", 1, key: bytes);
        Scrape scrape = plugin.Poll();
        Assert.Equal(1UL, scrape.Count("text", ("x", value)));
        Assert.Equal((0, ""), Shell.RunWithInput(scrape.Text, "promtool", "check", "metrics"));
    }

    [Fact]
    public void A_long_value_is_cut_and_equal_ones_are_summed()
    {
        using AgentFolder folder = new AgentFolder().WithScript("long", """export const labels = ["x"]; export const decode = key => ["a".repeat(300) + key.minor];""");
        using PolledPlugin plugin = Load(folder);
        plugin.Observe("observe_latency", 1, key: 1);
        plugin.Observe("observe_latency", 1, key: 2);
        Assert.Equal(2UL, plugin.Poll().Count("long", ("x", new string('a', 256))));
    }

    [Fact]
    public void Keys_that_a_script_leaves_out_and_keys_that_it_fails_on_are_told_apart()
    {
        using AgentFolder folder = new AgentFolder().WithScript("picky", """
            export const labels = ["minor"];
            export function decode(key) { if (key.minor === 1) return null; if (key.minor === 2) throw new Error("two"); return [key.minor]; }
            """);
        using PolledPlugin plugin = Load(folder);
        for (ulong key = 1; key <= 5; key++) plugin.Observe("observe_latency", 1, key);
        Scrape scrape = plugin.Poll();
        DropCounts drops = plugin["latency"].Families[0].Drops;
        Assert.Equal((1, 1), (drops[DropReason.Filtered], drops[DropReason.DecodeFailed]));
        Assert.Contains("decode.js:2:", drops.LastMessage, StringComparison.Ordinal);
        Assert.Equal(["3", "4", "5"], scrape.Samples.Where(static sample => sample.Name == "picky_count").Select(static sample => sample.Labels["minor"]).Order());
    }

    private static PolledPlugin Load(AgentFolder folder) =>
        new(new ManifestPlugin(PluginManifestLoader.Load(Directory.EnumerateFiles(folder.Plugins, "plugin.json", SearchOption.AllDirectories).Single()), TestPlugin.Decoders()));
}
