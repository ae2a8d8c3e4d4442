using EbpfAgent.Configuration;

namespace EbpfAgent.Tests.Configuration;

public sealed class EnvironmentOverlayTests
{
    [Fact]
    public void Variables_override_the_file_and_add_to_it()
    {
        var agent = Sample.Agent(
            """{"listen": "*:1", "limits": {"maxSeries": 7}, "plugins": {"DiskLatency": {"interval": "1s", "scripts": {"Map": "a.js"}}}}""",
            ("EBPF_AGENT_LISTEN", "localhost:2"),
            ("EBPF_AGENT_METRICPREFIX", ""),
            ("EBPF_AGENT_PROGRAMSTATISTICS", "True"),
            ("EBPF_AGENT_LIMITS__SCRIPTTIMEOUT", "5ms"),
            ("EBPF_AGENT_LIMITS__OVERFLOW", "drop"),
            ("EBPF_AGENT_LIMITS__EXPIREGONE", "never"),
            ("EBPF_AGENT_STATEFOLDER", "/var/lib/x"),
            ("EBPF_AGENT_RELOADENDPOINT", "off"),
            ("EBPF_AGENT_PLUGINS__DISKLATENCY__SURVIVE", "true"),
            ("ebpf_agent_limits__maxlabellength", "64"),
            ("EBPF_AGENT_PLUGINS__DISKLATENCY__ENABLED", "false"),
            ("EBPF_AGENT_PLUGINS__DiskLatency__SCRIPTS__MAP", "b.js"),
            ("EBPF_AGENT_PLUGINS__Other__INTERVAL", "scrape"),
            ("PATH", "/bin"),
            ("EBPF_AGENT", "not ours"));
        Assert.Equal("localhost:2", agent.Listen.ToString());
        Assert.Equal("", agent.MetricPrefix);
        Assert.True(agent.ProgramStatistics);
        Assert.Equal((7, 64, 5), (agent.Limits.MaxSeries, agent.Limits.MaxLabelLength, agent.Limits.ScriptTimeout.Milliseconds));
        Assert.Equal((Overflow.Drop, null), (agent.Limits.Overflow, agent.Limits.ExpireGone));
        Assert.Equal(("/var/lib/x", ReloadEndpoint.Off), (agent.StateFolder, agent.ReloadEndpoint));
        var disk = agent.For("DiskLatency");
        Assert.False(disk.Enabled);
        Assert.True(disk.Survive);
        Assert.Equal("1s", disk.Interval.ToString());
        Assert.Equal("/etc/ebpf-agent/b.js", disk.Scripts["Map"]);
        Assert.True(agent.For("other").Interval.IsOnScrape);
        Assert.Equal(2, agent.Plugins.Count);
    }

    [Fact]
    public void List_items_are_replaced_and_appended_by_index()
    {
        var agent = Sample.Agent(
            """{"pluginFolders": ["/a", "/b"]}""", ("EBPF_AGENT_PLUGINFOLDERS__0", "/x"), ("EBPF_AGENT_PLUGINFOLDERS__2", "y"));
        Assert.Equal(["/x", "/b", "/etc/ebpf-agent/y"], agent.PluginFolders);
    }

    [Fact]
    public void A_list_may_come_from_variables_alone()
    {
        var variables = Enumerable.Range(0, 12).Select(i => ($"EBPF_AGENT_PLUGINFOLDERS__{i}", (string?)$"/{i}")).Reverse().ToArray();
        Assert.Equal(Enumerable.Range(0, 12).Select(i => $"/{i}"), Sample.Agent("{}", variables).PluginFolders);
    }

    [Fact]
    public void A_bad_value_in_the_file_does_not_matter_where_a_variable_overrides_it() =>
        Assert.Equal("1s", Sample.Agent("""{"interval": 5}""", ("EBPF_AGENT_INTERVAL", "1s")).Interval.ToString());

    [Fact]
    public void A_misspelt_key_of_the_file_is_not_made_right_by_a_variable() =>
        Assert.StartsWith(
            "agent.json:1:2: Interval: unknown key; did you mean \"interval\"?",
            Sample.AgentError("""{"Interval": "5s"}""", ("EBPF_AGENT_INTERVAL", "1s")),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("EBPF_AGENT_LISTN", "*:1", "LISTN: unknown key; did you mean \"listen\"? (known: listen, ")]
    [InlineData("EBPF_AGENT_PORT", "8435", "PORT: unknown key (known: listen, ")]
    [InlineData("EBPF_AGENT_PLUGINS__Disk__ENABLD", "false",
        "plugins.Disk.ENABLD: unknown key; did you mean \"enabled\"? (known: enabled, interval, survive, limits, scripts)")]
    [InlineData("EBPF_AGENT_PLUGINS__Disk__ENABLED", "no", "plugins.Disk.enabled: expected true or false; found \"no\"")]
    [InlineData("EBPF_AGENT_LIMITS__MAXSERIES", "1e3", "limits.maxSeries: expected a whole number from 1 to 1000000; found \"1e3\"")]
    [InlineData("EBPF_AGENT_INTERVAL", "5",
        "interval: expected \"scrape\" or a duration from 100ms to 1h, such as \"5s\"; found \"5\", which has no unit")]
    [InlineData("EBPF_AGENT_LIMITS", "5", "limits: expected an object; found \"5\"")]
    [InlineData("EBPF_AGENT_PLUGINFOLDERS", "/x",
        "pluginFolders: expected a list of at least one item; found \"/x\" (a variable for each item: NAME__0, NAME__1)")]
    [InlineData("EBPF_AGENT_PLUGINFOLDERS__1", "/x", "pluginFolders: expected the index of an item, at most 0; found \"1\"")]
    [InlineData("EBPF_AGENT_PLUGINFOLDERS__0__A", "/x",
        "pluginFolders[0]: expected a path, absolute or relative to the configuration file; ~ and variables are not expanded; "
        + "found an object")]
    [InlineData("EBPF_AGENT_", "x", "names no setting; write EBPF_AGENT_LISTEN, or EBPF_AGENT_PLUGINS__NAME__ENABLED for a level below")]
    [InlineData("EBPF_AGENT_LIMITS__", "x", "names no setting; write EBPF_AGENT_LISTEN, or ")]
    public void A_mistake_is_named_with_its_variable(string name, string value, string expected) =>
        Assert.StartsWith($"environment variable {name}: {expected}", Sample.AgentError("{}", (name, value)), StringComparison.Ordinal);

    [Theory]
    [InlineData("EBPF_AGENT_PLUGINFOLDERS__2", "expected the index of an item, at most 1; found \"2\"")]
    [InlineData("EBPF_AGENT_PLUGINFOLDERS__00", "expected the index of an item, at most 1; found \"00\"")]
    [InlineData("EBPF_AGENT_PLUGINFOLDERS__x", "expected the index of an item, at most 1; found \"x\"")]
    [InlineData("EBPF_AGENT_PLUGINFOLDERS__0__X", "there can be nothing below \"a\" (agent.json:1:20)")]
    [InlineData("EBPF_AGENT_LISTEN__X", "there can be nothing below \"*:1\" (agent.json:1:36)")]
    public void A_variable_must_fit_the_files_shape(string name, string expected) =>
        Assert.EndsWith(
            expected, Sample.AgentError("""{"pluginFolders": ["a"], "listen": "*:1"}""", (name, "v")), StringComparison.Ordinal);

    [Fact]
    public void Two_variables_for_one_setting_are_refused()
    {
        Assert.Equal(
            "environment variable EBPF_AGENT_listen: listen: set twice, also by environment variable EBPF_AGENT_LISTEN; unset one",
            Sample.AgentError("{}", ("EBPF_AGENT_listen", "*:1"), ("EBPF_AGENT_LISTEN", "*:2")));
        Assert.Contains(
            "set twice, also by environment variable EBPF_AGENT_PLUGINFOLDERS__0",
            Sample.AgentError("""{"pluginFolders": ["a"]}""", ("EBPF_AGENT_PLUGINFOLDERS__0", "x"), ("EBPF_AGENT_pluginfolders__0", "y")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_for_a_level_and_one_for_what_is_below_it_contradict_each_other() =>
        Assert.Contains(
            "environment variable EBPF_AGENT_LIMITS__MAXSERIES: LIMITS.MAXSERIES: there can be nothing below \"x\" "
            + "(environment variable EBPF_AGENT_LIMITS)",
            Sample.AgentError("{}", ("EBPF_AGENT_LIMITS__MAXSERIES", "5"), ("EBPF_AGENT_LIMITS", "x")),
            StringComparison.Ordinal);

    [Fact]
    public void A_document_that_is_no_object_stays_wrong() =>
        Assert.Equal("agent.json:1:1: expected an object; found 5", Sample.AgentError("5", ("EBPF_AGENT_LISTEN", "*:1")));

    [Fact]
    public void What_Kubernetes_sets_for_a_service_of_the_agents_name_is_ignored() =>
        Assert.Equal("127.0.0.1:8435", Sample.Agent(
            "{}",
            ("EBPF_AGENT_SERVICE_HOST", "10.0.0.1"),
            ("EBPF_AGENT_SERVICE_PORT", "8435"),
            ("EBPF_AGENT_SERVICE_PORT_METRICS", "8435"),
            ("EBPF_AGENT_PORT", "tcp://10.0.0.1:8435"),
            ("EBPF_AGENT_PORT_8435_TCP", "tcp://10.0.0.1:8435"),
            ("EBPF_AGENT_PORT_8435_TCP_PROTO", "tcp"),
            ("EBPF_AGENT_PORT_8435_TCP_PORT", "8435"),
            ("EBPF_AGENT_PORT_8435_TCP_ADDR", "10.0.0.1"),
            ("EBPF_AGENT_METRICS_SERVICE_HOST", "10.0.0.2")).Listen.ToString());

    [Fact]
    public void A_setting_that_looks_like_Kubernetes_own_is_still_checked() =>
        Assert.Equal(
            "environment variable EBPF_AGENT_PLUGINS__A_PORT: plugins.A_PORT: expected an object; found \"tcp://x\"",
            Sample.AgentError("{}", ("EBPF_AGENT_PLUGINS__A_PORT", "tcp://x")));
}
