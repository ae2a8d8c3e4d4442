using EbpfAgent.Configuration;
using EbpfAgent.Configuration.Reading;

namespace EbpfAgent.Tests.Configuration;

public sealed class AgentConfigurationErrorTests
{
    private const string RootKeys =
        "listen, pluginFolders, metricPrefix, interval, programStatistics, maxScrapeSize, stateFolder, pinFolder, reloadEndpoint, "
        + "logFormat, logLevel, limits, plugins";

    private const string Duration = "a duration from 100ms to 1h, such as \"5s\"";

    private const string Prefix =
        "expected the beginning of metric names, or \"\": letters, digits, \"_\" and \":\", not beginning with a digit; found ";

    private const string PathFound =
        "expected a path, absolute or relative to the configuration file; ~ and variables are not expanded; found ";

    private const string SeriesFound = "limits.maxSeries: expected a whole number from 1 to 1000000; found ";

    private const string ExpiryFound = "expected \"never\" or a duration from 1s to 1000h, such as \"5m\"; found ";

    [Theory]
    // Wrong types.
    [InlineData("""{"listen": 8435}""", "1:12: listen: expected " + ListenAddress.Expected + "; found 8435")]
    [InlineData("""{"programStatistics": "true"}""", "1:23: programStatistics: expected true or false; found \"true\"")]
    [InlineData("""{"programStatistics": 1}""", "1:23: programStatistics: expected true or false; found 1")]
    [InlineData("""{"metricPrefix": null}""",
        "1:18: metricPrefix: " + Prefix + "null (leave the key out to take the default)")]
    [InlineData("""{"limits": []}""", "1:12: limits: expected an object; found an empty list")]
    [InlineData("""{"plugins": true}""", "1:13: plugins: expected an object; found true")]
    [InlineData("""{"plugins": {"A": 5}}""", "1:19: plugins.A: expected an object; found 5")]
    [InlineData("""{"logLevel": {}}""",
        "1:14: logLevel: expected one of \"debug\", \"information\", \"warning\", \"error\"; found an object")]
    [InlineData("""{"pluginFolders": "plugins"}""", "1:19: pluginFolders: expected a list of at least one item; found \"plugins\"")]
    [InlineData("""{"pluginFolders": {"0": "a"}}""", "1:19: pluginFolders: expected a list of at least one item; found an object")]
    [InlineData("""{"pluginFolders": ["a", 5]}""",
        "1:25: pluginFolders[1]: " + PathFound + "5")]
    [InlineData("[]", "1:1: expected an object; found an empty list")]
    [InlineData("\"x\"", "1:1: expected an object; found \"x\"")]
    // Bad values.
    [InlineData("""{"interval": 5}""", "1:14: interval: expected \"scrape\" or " + Duration + "; found 5, which has no unit")]
    [InlineData("""{"interval": "5"}""", "1:14: interval: expected \"scrape\" or " + Duration + "; found \"5\", which has no unit")]
    [InlineData("""{"interval": "99ms"}""", "1:14: interval: expected \"scrape\" or " + Duration + "; found \"99ms\"")]
    [InlineData("""{"interval": "1h1us"}""", "1:14: interval: expected \"scrape\" or " + Duration + "; found \"1h1us\"")]
    [InlineData("""{"interval": "Scrape"}""", "1:14: interval: expected \"scrape\" or " + Duration + "; found \"Scrape\"")]
    [InlineData("""{"metricPrefix": "9_"}""",
        "1:18: metricPrefix: " + Prefix + "\"9_\"")]
    [InlineData("""{"logFormat": "JSON"}""", "1:15: logFormat: expected one of \"text\", \"json\"; found \"JSON\"")]
    [InlineData("""{"pluginFolders": []}""", "1:19: pluginFolders: expected a list of at least one item; found an empty list")]
    [InlineData("""{"pluginFolders": ["~/x"]}""",
        "1:20: pluginFolders[0]: " + PathFound + "\"~/x\"")]
    [InlineData("""{"pluginFolders": ["x", "y/../x/"]}""",
        "1:25: pluginFolders[1]: \"x\" is listed twice; its plugins can be loaded once only")]
    [InlineData("""{"limits": {"maxSeries": 0}}""", "1:26: " + SeriesFound + "0")]
    [InlineData("""{"limits": {"maxSeries": 1000001}}""", "1:26: " + SeriesFound + "1000001")]
    [InlineData("""{"limits": {"maxSeries": -1}}""", "1:26: " + SeriesFound + "-1")]
    [InlineData("""{"limits": {"maxSeries": 1.5}}""", "1:26: " + SeriesFound + "1.5")]
    [InlineData("""{"limits": {"maxSeries": 99999999999999999999}}""",
        "1:26: " + SeriesFound + "99999999999999999999")]
    [InlineData("""{"limits": {"scriptMemory": "16MB"}}""",
        "1:29: limits.scriptMemory: expected a size from 1MiB to 1GiB, such as \"16MiB\" (B, KiB, MiB or GiB); found \"16MB\"")]
    [InlineData("""{"limits": {"scriptMemory": 16777216}}""",
        "1:29: limits.scriptMemory: expected a size from 1MiB to 1GiB, such as \"16MiB\" (B, KiB, MiB or GiB); "
        + "found 16777216, which has no unit")]
    [InlineData("""{"limits": {"overflow": "keep"}}""", "1:25: limits.overflow: expected one of \"other\", \"drop\"; found \"keep\"")]
    [InlineData("""{"limits": {"overflow": true}}""", "1:25: limits.overflow: expected one of \"other\", \"drop\"; found true")]
    [InlineData("""{"limits": {"expireGone": "999ms"}}""", "1:27: limits.expireGone: " + ExpiryFound + "\"999ms\"")]
    [InlineData("""{"limits": {"expireGone": "1000h1us"}}""", "1:27: limits.expireGone: " + ExpiryFound + "\"1000h1us\"")]
    [InlineData("""{"limits": {"expireGone": 300}}""", "1:27: limits.expireGone: " + ExpiryFound + "300, which has no unit")]
    [InlineData("""{"limits": {"expireUnchanged": "Never"}}""", "1:32: limits.expireUnchanged: " + ExpiryFound + "\"Never\"")]
    [InlineData("""{"limits": {"expireUnchanged": null}}""",
        "1:32: limits.expireUnchanged: " + ExpiryFound + "null (leave the key out to take the default)")]
    [InlineData("""{"maxScrapeSize": "5GiB"}""",
        "1:19: maxScrapeSize: expected a size from 1MiB to 4GiB, such as \"256MiB\" (B, KiB, MiB or GiB); found \"5GiB\"")]
    [InlineData("""{"stateFolder": ""}""", "1:17: stateFolder: " + PathFound + "\"\"")]
    [InlineData("""{"pinFolder": "~/pins"}""", "1:15: pinFolder: " + PathFound + "\"~/pins\"")]
    [InlineData("""{"reloadEndpoint": true}""", "1:20: reloadEndpoint: expected one of \"loopback\", \"on\", \"off\"; found true")]
    [InlineData("""{"plugins": {"A": {"survive": "yes"}}}""", "1:31: plugins.A.survive: expected true or false; found \"yes\"")]
    [InlineData("""{"plugins": {"": {}}}""", "1:14: plugins[\"\"]: expected a plugin's name: that of its folder or DLL; found \"\"")]
    [InlineData("""{"plugins": {"a.b": {"scripts": {"x-y": "z.js"}}}}""",
        "1:34: plugins[\"a.b\"].scripts.x-y: expected the name of a map in the BPF object: a C identifier; found \"x-y\"")]
    [InlineData("""{"plugins": {"A": {"scripts": {"m": ""}}}}""",
        "1:37: plugins.A.scripts.m: " + PathFound + "\"\"")]
    [InlineData("""{"plugins": {"A": {}, "a": {}}}""",
        "1:28: plugins.a: the same plugin as \"A\", since names have no case; remove one")]
    // Unknown keys.
    [InlineData("""{"intervall": "5s"}""", "1:2: intervall: unknown key; did you mean \"interval\"? (known: " + RootKeys + ")")]
    [InlineData("""{"PluginFolders": 1}""", "1:2: PluginFolders: unknown key; did you mean \"pluginFolders\"? (known: " + RootKeys + ")")]
    [InlineData("""{"colour": {"deep": [1]}}""", "1:2: colour: unknown key (known: " + RootKeys + ")")]
    [InlineData("""{"plugins": {"DiskLatency": {"intervall": "5s"}}}""",
        "1:30: plugins.DiskLatency.intervall: unknown key; did you mean \"interval\"? (known: enabled, interval, survive, limits, scripts)")]
    [InlineData("""{"plugins": {"X": {"$schema": "s"}}}""",
        "1:20: plugins.X.$schema: unknown key (known: enabled, interval, survive, limits, scripts)")]
    [InlineData("""{"$schema": 5}""", "1:13: $schema: expected a string; found 5")]
    // Written twice.
    [InlineData("""{"listen": "*:1", "listen": "*:2"}""", "1:19: listen: the key is there twice, first in line 1; remove one")]
    [InlineData("""{"plugins": {"A": {"enabled": true, "enabled": true}}}""",
        "1:37: plugins.A.enabled: the key is there twice, first in line 1; remove one")]
    public void A_mistake_is_named_with_its_place_its_path_and_what_was_expected(string json, string expected) =>
        Assert.Equal("agent.json:" + expected, Sample.AgentError(json));

    [Fact]
    public void All_mistakes_of_a_file_are_told_at_once_in_the_order_of_their_lines()
    {
        string message = Sample.AgentError("""
            {
              // The prefix comes last in the file, and first in the code.
              "plugins": {
                "DiskLatency": { "enabled": 1, "intervall": "1s" },
              },
              "limits": { "maxSeries": "many", "maxSeries": 2 },
              "listen": "0.0.0.0",
              /* two
                 lines */ "metricPrefix": "é", "lögLevel": 1,
            }
            """, ("EBPF_AGENT_INTERVAL", "soon"));
        Assert.Equal(
            [
                "agent.json:4:33: plugins.DiskLatency.enabled: expected true or false; found 1",
                "agent.json:4:36: plugins.DiskLatency.intervall: unknown key; did you mean \"interval\"? "
                    + "(known: enabled, interval, survive, limits, scripts)",
                "agent.json:6:28: " + SeriesFound + "\"many\"",
                "agent.json:6:36: limits.maxSeries: the key is there twice, first in line 6; remove one",
                "agent.json:7:13: listen: expected " + ListenAddress.Expected + "; found \"0.0.0.0\"",
                "agent.json:9:31: metricPrefix: " + Prefix + "\"é\"",
                "agent.json:9:36: [\"lögLevel\"]: unknown key; did you mean \"logLevel\"? (known: " + RootKeys + ")",
                "environment variable EBPF_AGENT_INTERVAL: interval: expected \"scrape\" or " + Duration + "; found \"soon\"",
            ],
            message.Split('\n'));
    }

    [Fact]
    public void An_error_can_be_read_in_parts()
    {
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => Sample.Agent("{\n  \"interval\": 5\n}")).Errors);
        Assert.Equal(new JsonPosition(Sample.AgentFile, 2, 15), error.Position);
        Assert.Equal("interval", error.Path);
        Assert.StartsWith("expected", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_written_is_cut_and_escaped_in_messages()
    {
        string message = Sample.AgentError($$"""{"listen": "\u001b[31m\n{{new string('x', 100)}}😀"}""");
        Assert.Contains("found \"\\u001B[31m\\nxxx", message, StringComparison.Ordinal);
        Assert.EndsWith("xxx...\"", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.InRange(message.Length, 1, 250);
    }

    [Fact]
    public void A_character_is_not_cut_in_two()
    {
        // The 60th unit is the first half of the smiley.
        string message = Sample.AgentError($$"""{"listen": "{{new string('x', Quoted.MaxLength - 1)}}😀y"}""");
        Assert.EndsWith("x...\"", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\uFFFD', message);
    }

    [Fact]
    public void Thousands_of_mistakes_are_counted_and_not_all_told()
    {
        string json = "{" + string.Join(',', Enumerable.Range(0, 30_000).Select(i => $"\"x{i}\":0")) + "}";
        string[] lines = Sample.AgentError(json).Split('\n');
        Assert.Equal(ErrorList.MaxErrors + 1, lines.Length);
        Assert.Equal($"agent.json: and {30_000 - ErrorList.MaxErrors} more errors", lines[^1]);
    }
}
