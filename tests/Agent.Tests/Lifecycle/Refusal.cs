using EbpfAgent.Abstractions;
using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Lifecycle;
using EbpfAgent.Series;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>What the loader refuses before the kernel is asked, so that the tests need neither rights nor a kernel that is like any other.</summary>
internal static class Refusal
{
    /// <summary>What a sound plugin gets here: all checks are passed, and no right to load.</summary>
    public static readonly KernelFacts WithoutRights = new("6.1.0", HasBtf: true, Capabilities: 0);

    public static readonly KernelFacts WithoutBtf = new("4.19.0", HasBtf: false, Capabilities: ulong.MaxValue);

    public static PluginException Of(PluginDefinition definition, KernelFacts? kernel = null, string prefix = "ebpf_") =>
        Of(() => definition, kernel, prefix);

    public static PluginException Of(Func<PluginDefinition> define, KernelFacts? kernel = null, string prefix = "ebpf_")
    {
        var registry = new FamilyRegistry();
        var loader = new PluginLoader(registry, kernel ?? WithoutRights, new MapCalls(), TimeProvider.System);
        Exception refused = Assert.ThrowsAny<Exception>(() => loader.Load(registry, TestPlugin.Settings(), define, prefix));
        // Whatever it was, it has not kept a name.
        Assert.Null(registry.Reserve(["ebpf_latency"], "another"));
        return PluginErrors.From(refused);
    }

    public static PluginException Of(string fixture, params Metric[] metrics) => Of(new TestPlugin(fixture, metrics));

    public static PluginException OfObject(byte[] image) =>
        Of(new TestPlugin("broken.bpf.o", image, new ListLogger(), TestMetric.Of<DiskKey>("latency")));
}
