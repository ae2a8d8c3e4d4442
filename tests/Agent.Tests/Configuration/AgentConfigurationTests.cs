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
        Assert.Equal(256 << 20, agent.MaxScrapeSize);
        Assert.Equal(("/run/ebpf-agent", "/sys/fs/bpf/ebpf-agent"), (agent.StateFolder, agent.PinFolder));
        Assert.Equal(ReloadEndpoint.Loopback, agent.ReloadEndpoint);
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
              "maxScrapeSize": "4GiB",
              "stateFolder": "state/",
              "pinFolder": "/sys/fs/bpf/x",
              "reloadEndpoint": "on",
              "logFormat": "json",
              "logLevel": "error",
              "limits": {
                "maxSeries": 1, "overflow": "drop", "expireGone": "never", "expireUnchanged": "1000h", "maxLabelLength": 8, "scriptTimeout": "1ms",
                "scriptMemory": "1MiB", "scriptStatements": 100, "loadTimeout": "10m"
              }
            }
            """);
        Assert.Equal("[::1]:9", agent.Listen.ToString());
        Assert.Equal(["/etc/ebpf-agent/a", "/etc/b", "/c"], agent.PluginFolders);
        Assert.Equal("", agent.MetricPrefix);
        Assert.True(agent.Interval.IsOnScrape);
        Assert.True(agent.ProgramStatistics);
        Assert.Equal(4L << 30, agent.MaxScrapeSize);
        Assert.Equal(("/etc/ebpf-agent/state", "/sys/fs/bpf/x"), (agent.StateFolder, agent.PinFolder));
        Assert.Equal(ReloadEndpoint.On, agent.ReloadEndpoint);
        Assert.Equal(("json", "error"), (agent.LogFormat, agent.LogLevel));
        var limits = new PluginLimits
        {
            MaxSeries = 1,
            Overflow = Overflow.Drop,
            ExpireGone = null,
            ExpireUnchanged = TimeSpan.FromHours(1000),
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
                "RunQueueLatency": { "enabled": false, "survive": true, "limits": { "expireGone": "1m" }, "interval": "scrape" }
              },
              "interval": "250ms",
              "limits": { "maxSeries": 99, "maxLabelLength": 64, "overflow": "drop", "expireGone": "never", "expireUnchanged": "1h" }
            }
            """);
        var disk = agent.For("DISKlatency");
        // The name that was asked for: what owns names and pins is the plugin, not its section.
        Assert.Equal("DISKlatency", disk.Name);
        Assert.True(disk.Enabled);
        Assert.Equal("250ms", disk.Interval.ToString());
        Assert.False(disk.Survive);
        var inherited = new PluginLimits
        {
            MaxSeries = 7,
            MaxLabelLength = 64,
            Overflow = Overflow.Drop,
            ExpireGone = null,
            ExpireUnchanged = TimeSpan.FromHours(1),
        };
        Assert.Equal(inherited, disk.Limits);
        Assert.Equal("/etc/ebpf-agent/js/disk.js", disk.Scripts["disk"]);
        Assert.Equal("/abs.js", disk.Scripts["Disk"]);

        var queue = agent.For("RunQueueLatency");
        Assert.False(queue.Enabled);
        Assert.Equal("scrape", queue.Interval.ToString());
        Assert.Equal(99, queue.Limits.MaxSeries);
        Assert.Equal(TimeSpan.FromMinutes(1), queue.Limits.ExpireGone);
        Assert.True(queue.Survive);
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
        Assert.False(plugin.Survive);
    }

    [Fact]
    public void A_poll_interval_outside_its_range_cannot_be_made()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PollInterval.Every(TimeSpan.FromMilliseconds(99)));
        Assert.Throws<ArgumentOutOfRangeException>(() => PollInterval.Every(TimeSpan.FromMilliseconds(3_600_001)));
        Assert.True(default(PollInterval).IsOnScrape);
    }
}
