using EbpfAgent.Configuration;

namespace EbpfAgent.Tests.Configuration;

public sealed class AgentConfigurationTests
{
    [Fact]
    public void An_empty_object_takes_every_default()
    {
        var agent = Sample.Agent("{}");
        Assert.Equal(Sample.AgentFile, agent.File);
        Assert.Equal("127.0.0.1:8435", agent.Listen.ToString());
        Assert.Equal(["/etc/ebpf-agent/plugins"], agent.PluginFolders);
        Assert.Equal("ebpf_", agent.MetricPrefix);
        Assert.Equal(PollInterval.Every(TimeSpan.FromSeconds(5)), agent.Interval);
        Assert.False(agent.ProgramStatistics);
        Assert.Equal(("text", "information"), (agent.LogFormat, agent.LogLevel));
        Assert.Equal(new PluginLimits(), agent.Limits);
        Assert.Empty(agent.Plugins);
    }

    [Fact]
    public void Every_setting_is_read()
    {
        var agent = Sample.Agent("""
            {
              "listen": "[::1]:9",
              "pluginFolders": ["a", "../b/", "/c"],
              "metricPrefix": "",
              "interval": "scrape",
              "programStatistics": true,
              "logFormat": "json",
              "logLevel": "error",
              "limits": {
                "maxSeries": 1, "maxLabelLength": 8, "scriptTimeout": "1ms",
                "scriptMemory": "1MiB", "scriptStatements": 100, "loadTimeout": "10m"
              }
            }
            """);
        Assert.Equal("[::1]:9", agent.Listen.ToString());
        Assert.Equal(["/etc/ebpf-agent/a", "/etc/b", "/c"], agent.PluginFolders);
        Assert.Equal("", agent.MetricPrefix);
        Assert.True(agent.Interval.IsOnScrape);
        Assert.True(agent.ProgramStatistics);
        Assert.Equal(("json", "error"), (agent.LogFormat, agent.LogLevel));
        var limits = new PluginLimits
        {
            MaxSeries = 1,
            MaxLabelLength = 8,
            ScriptTimeout = TimeSpan.FromMilliseconds(1),
            ScriptMemory = 1 << 20,
            ScriptStatements = 100,
            LoadTimeout = TimeSpan.FromMinutes(10),
        };
        Assert.Equal(limits, agent.Limits);
    }

    [Fact]
    public void A_plugin_inherits_what_its_section_does_not_say()
    {
        var agent = Sample.Agent("""
            {
              "plugins": {
                "DiskLatency": { "limits": { "maxSeries": 7 }, "scripts": { "disk": "js/disk.js", "Disk": "/abs.js" } },
                "RunQueueLatency": { "enabled": false, "interval": "scrape" }
              },
              "interval": "250ms",
              "limits": { "maxSeries": 99, "maxLabelLength": 64 }
            }
            """);
        var disk = agent.For("DISKlatency");
        Assert.Equal("DiskLatency", disk.Name);
        Assert.True(disk.Enabled);
        Assert.Equal("250ms", disk.Interval.ToString());
        Assert.Equal(new PluginLimits { MaxSeries = 7, MaxLabelLength = 64 }, disk.Limits);
        Assert.Equal("/etc/ebpf-agent/js/disk.js", disk.Scripts["disk"]);
        Assert.Equal("/abs.js", disk.Scripts["Disk"]);

        var queue = agent.For("RunQueueLatency");
        Assert.False(queue.Enabled);
        Assert.Equal("scrape", queue.Interval.ToString());
        Assert.Equal(99, queue.Limits.MaxSeries);
    }

    [Fact]
    public void A_plugin_without_a_section_has_the_agents_settings()
    {
        var plugin = Sample.Agent("""{ "interval": "1s", "limits": { "maxSeries": 5 } }""").For("anything");
        Assert.Equal("anything", plugin.Name);
        Assert.True(plugin.Enabled);
        Assert.Equal(PollInterval.Every(TimeSpan.FromSeconds(1)), plugin.Interval);
        Assert.Equal(5, plugin.Limits.MaxSeries);
        Assert.Empty(plugin.Scripts);
    }

    [Fact]
    public void A_poll_interval_outside_its_range_cannot_be_made()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PollInterval.Every(TimeSpan.FromMilliseconds(99)));
        Assert.Throws<ArgumentOutOfRangeException>(() => PollInterval.Every(TimeSpan.FromMilliseconds(3_600_001)));
        Assert.True(default(PollInterval).IsOnScrape);
    }
}
