using EbpfAgent.Configuration;

namespace EbpfAgent.Tests.Configuration;

/// <summary>What a reload has to know of two configurations: what only a restart can change, and which plugins' settings differ.</summary>
public sealed class ReloadTests
{
    [Theory]
    [InlineData("""{"listen": "*:1"}""", "listen")]
    [InlineData("""{"stateFolder": "/x"}""", "stateFolder")]
    [InlineData("""{"pinFolder": "/x"}""", "pinFolder")]
    [InlineData("""{"logFormat": "json"}""", "logFormat")]
    [InlineData("""{"logFormat": "json", "pinFolder": "/x", "stateFolder": "/y", "listen": "*:1"}""", "listen stateFolder pinFolder logFormat")]
    [InlineData("""{"listen": "127.0.0.1:8435", "stateFolder": "/run/../run/ebpf-agent/"}""", "")]
    [InlineData("""
        {"pluginFolders": ["x"], "metricPrefix": "", "interval": "1s", "programStatistics": true, "maxScrapeSize": "1MiB",
         "reloadEndpoint": "on", "logLevel": "debug", "limits": {"maxSeries": 1}, "plugins": {"A": {"survive": true}}}
        """, "")]
    public void A_change_that_needs_a_restart_is_named(string json, string expected) =>
        Assert.Equal(expected, string.Join(' ', Sample.Agent("{}").RestartNeeded(Sample.Agent(json))));

    [Theory]
    [InlineData("""{"enabled": false}""")]
    [InlineData("""{"interval": "1s"}""")]
    [InlineData("""{"survive": true}""")]
    [InlineData("""{"limits": {"maxSeries": 1}}""")]
    [InlineData("""{"limits": {"overflow": "drop"}}""")]
    [InlineData("""{"limits": {"expireGone": "never"}}""")]
    [InlineData("""{"limits": {"expireUnchanged": "5m"}}""")]
    [InlineData("""{"scripts": {"map": "a.js"}}""")]
    public void A_plugin_whose_settings_differ_is_another(string settings)
    {
        var changed = Plugin(settings);
        Assert.NotEqual(Plugin("{}"), changed);
        Assert.Equal(Plugin(settings), changed);
        Assert.Equal(Plugin(settings).GetHashCode(), changed.GetHashCode());
    }

    [Fact]
    public void A_new_setting_of_a_plugin_is_compared_as_well() =>
        Assert.Equal(["Enabled", "Interval", "Limits", "Name", "Scripts", "Survive"], typeof(PluginConfiguration).GetProperties().Select(p => p.Name).Order());

    [Theory]
    [InlineData("""{"scripts": {"a": "1.js", "b": "3.js"}}""")]
    [InlineData("""{"scripts": {"a": "1.js", "c": "2.js"}}""")]
    [InlineData("""{"scripts": {"a": "1.js", "B": "2.js"}}""")]
    [InlineData("""{"scripts": {"a": "1.js"}}""")]
    public void Scripts_compare_by_what_they_say(string settings) =>
        Assert.NotEqual(Plugin("""{"scripts": {"a": "1.js", "b": "2.js"}}"""), Plugin(settings));

    [Fact]
    public void Neither_the_order_of_scripts_nor_the_case_of_the_name_nor_a_default_written_out_is_a_change()
    {
        var plugin = Plugin("""{"scripts": {"a": "1.js", "b": "2.js"}}""");
        var same = Sample.Agent("""{"plugins": {"DISK": {"scripts": {"b": "2.js", "a": "1.js"}, "enabled": true, "interval": "5s"}}}""").For("disk");
        Assert.Equal(plugin, same);
        Assert.Equal(plugin.GetHashCode(), same.GetHashCode());
        Assert.Equal(Sample.Agent("{}").For("disk"), Plugin("{}"));
    }

    [Fact]
    public void A_plugin_of_another_name_is_another() =>
        Assert.NotEqual(Sample.Agent("{}").For("a"), Sample.Agent("{}").For("b"));

    private static PluginConfiguration Plugin(string settings) => Sample.Agent($$$"""{"plugins": {"Disk": {{{settings}}} } }""").For("Disk");
}
