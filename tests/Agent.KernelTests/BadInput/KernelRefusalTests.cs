using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Lifecycle;
using EbpfAgent.Series;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.BadInput;

/// <summary>Objects that only the kernel can refuse: each in its class, with words that help.</summary>
public sealed class KernelRefusalTests : KernelTest
{
    private readonly FamilyRegistry _registry = new();

    [Fact]
    public void What_the_verifier_rejects_is_shown_with_its_last_words()
    {
        PluginException e = Refused("rejected.bpf.o");
        Assert.Equal(PluginError.Verifier, e.Error);
        Assert.Contains("rejected.bpf.o: program 'reads_out_of_bounds' (raw_tp/xdp_exception) was rejected by the kernel's verifier:", e.Message, StringComparison.Ordinal);
        // The kernel's own words, which say where and why.
        Assert.Contains("math between map_value pointer and register with unbounded", e.Message, StringComparison.Ordinal);
        Assert.InRange(e.Message.Split('\n').Length, 2, 6);
    }

    [Fact]
    public void A_tracepoint_that_no_kernel_has_is_unsupported()
    {
        PluginException e = Refused("missing_tracepoint.bpf.o");
        Assert.Equal(PluginError.Unsupported, e.Error);
        Assert.Contains("needs 'no_such_tracepoint', which kernel", e.Message, StringComparison.Ordinal);
    }

    /// <summary>Kernels may have both; where one doesn't, it is a lack and not a fault.</summary>
    [Theory]
    [InlineData("fentry.bpf.o", "program 'on_vfs_read' (fentry/vfs_read)")]
    [InlineData("kprobe.bpf.o", "program 'on_vfs_read' (kprobe/vfs_read)")]
    public void A_kind_of_program_that_this_kernel_lacks_is_unsupported(string fixture, string program)
    {
        Exception? exception = Record.Exception(() => Load(fixture, KernelFacts.Read()));
        Assert.SkipWhen(exception is null, "this kernel has programs of this kind");
        var refused = Assert.IsType<PluginException>(exception);
        Assert.Equal(PluginError.Unsupported, refused.Error);
        Assert.Contains(program, refused.Message, StringComparison.Ordinal);
        Assert.Contains(KernelFacts.Read().Release, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rejected.bpf.o")]
    [InlineData("missing_tracepoint.bpf.o")]
    public void Nothing_is_left_of_what_was_refused(string fixture)
    {
        int before = KernelIds.OwnedBy(Environment.ProcessId).Count;
        Refused(fixture);
        Assert.Equal(before, KernelIds.OwnedBy(Environment.ProcessId).Count);
        Assert.Empty(_registry.Families);
        Assert.Null(_registry.Reserve(["latency"], "somebody else"));
    }

    [Fact]
    public void The_first_of_two_owners_of_a_name_keeps_it_and_goes_on()
    {
        using var first = new LoadedPlugin(_registry, "first");
        var e = Assert.Throws<PluginException>(() => new LoadedPlugin(_registry, "second"));
        Assert.Equal(PluginError.Metric, e.Error);
        Assert.Equal("metric 'latency' is claimed by plugin 'second' and belongs to 'first'; rename one, or disable one of the two", e.Message);
        Assert.Equal("latency", Assert.Single(_registry.Families).Key);
    }

    private PluginException Refused(string fixture) => Assert.Throws<PluginException>(() => Load(fixture, KernelFacts.Read()));

    private void Load(string fixture, KernelFacts kernel) =>
        new PluginLoader(_registry, kernel, new MapCalls(), TimeProvider.System)
            .Load(_registry, TestPlugin.Settings(), () => new TestPlugin(fixture, TestMetric.Of<DiskKey>("latency"))).Dispose();

    private sealed class LoadedPlugin(FamilyRegistry registry, string name) : IDisposable
    {
        private readonly RunningPlugin _running = new PluginLoader(registry, KernelFacts.Read(), new MapCalls(), TimeProvider.System)
            .Load(registry, TestPlugin.Settings(name), static () => new TestPlugin("latency.bpf.o", TestMetric.Of<DiskKey>("latency")));

        public void Dispose() => _running.Dispose();
    }
}
