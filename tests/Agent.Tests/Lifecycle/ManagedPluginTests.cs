using EbpfAgent.Lifecycle;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>DLLs that are no plugins, and what is said of them. <c>*</c> stands for the DLL's path.</summary>
public sealed class ManagedPluginTests
{
    [Theory]
    [InlineData("NoPlugin", "* has no plugin in it: it needs a public class that implements EbpfAgent.Abstractions.IPlugin")]
    [InlineData("Unrelated", "* has no plugin in it: it needs a public class that implements EbpfAgent.Abstractions.IPlugin, and it doesn't reference EbpfAgent.Abstractions at all")]
    [InlineData("TwoPlugins", "* has 2 plugins in it (Fixtures.First, Fixtures.Second); a DLL has one")]
    [InlineData("ThrowingConstructor", "Fixtures.ThrowingConstructor's constructor threw InvalidOperationException: no licence found")]
    [InlineData("ThrowingProperty", "*: ThrowingProperty.Metrics threw NotSupportedException: metrics are still to come")]
    [InlineData("NoMetrics", "*: NoMetrics.Metrics is empty; name at least one metric")]
    [InlineData("NullHelp", "*: NullHelp.Metrics[0]: Help is empty; give it a text")]
    public void A_DLL_that_is_no_plugin_is_refused(string fixture, string message)
    {
        string path = Fixture.PathOf(fixture + ".dll");
        var e = Assert.Throws<PluginException>(() => ManagedPlugin.Load(path, TestPlugin.Decoders(), new ContextCensus(TimeProvider.System)));
        Assert.Equal((PluginError.Plugin, message.Replace("*", path, StringComparison.Ordinal)), (e.Error, e.Message));
    }

    [Theory]
    [InlineData(0, "* is empty; copy it again")]
    [InlineData(100, "* is not a .NET assembly, or only part of one; build it again and copy it whole")]
    [InlineData(3000, "* is not a .NET assembly, or only part of one; build it again and copy it whole")]
    public void A_DLL_that_was_copied_in_part_is_refused(int length, string message)
    {
        using var folder = new AgentFolder();
        string path = Path.Combine(folder.Plugins, "Part.dll");
        File.WriteAllBytes(path, Fixture.Read("Good.dll")[..length]);
        var e = Assert.Throws<PluginException>(() => ManagedPlugin.Load(path, TestPlugin.Decoders(), new ContextCensus(TimeProvider.System)));
        Assert.Equal((PluginError.Plugin, message.Replace("*", path, StringComparison.Ordinal)), (e.Error, e.Message));
    }

    [Fact]
    public void Garbage_is_refused()
    {
        using AgentFolder folder = new AgentFolder().WithFile("Garbage.dll", "MZ and nothing else");
        string path = Path.Combine(folder.Plugins, "Garbage.dll");
        var e = Assert.Throws<PluginException>(() => ManagedPlugin.Load(path, TestPlugin.Decoders(), new ContextCensus(TimeProvider.System)));
        Assert.Equal((PluginError.Plugin, $"{path} is not a .NET assembly, or only part of one; build it again and copy it whole"), (e.Error, e.Message));
    }

    [Fact]
    public void A_resource_that_is_not_there_is_named_beside_those_that_are()
    {
        string path = Fixture.PathOf("MissingResource.dll");
        PluginException e = Refusal.Of(() => ManagedPlugin.Load(path, TestPlugin.Decoders(), new ContextCensus(TimeProvider.System)));
        Assert.Equal((PluginError.Object, $"{path} has no embedded resource 'latncy.bpf.o'; it has latency.bpf.o"), (e.Error, e.Message));
    }

    [Fact]
    public void A_sound_DLL_passes_every_check_that_needs_no_kernel()
    {
        string path = Fixture.PathOf("Good.dll");
        PluginException e = Refusal.Of(() => ManagedPlugin.Load(path, TestPlugin.Decoders(), new ContextCensus(TimeProvider.System)));
        Assert.Equal(PluginError.Permission, e.Error);
        Assert.Equal($"{path}!latency.bpf.o: the agent may not load BPF programs; run it as root, or give it CAP_BPF and CAP_PERFMON", e.Message);
    }

    [Fact]
    public void What_was_loaded_of_a_refused_plugin_is_unloaded()
    {
        List<WeakReference> loaded = [];
        void Remember(object? _, AssemblyLoadEventArgs load)
        {
            if (load.LoadedAssembly.GetName().Name == "Good") lock (loaded) loaded.Add(new WeakReference(load.LoadedAssembly));
        }

        AppDomain.CurrentDomain.AssemblyLoad += Remember;
        for (int i = 0; i < 3; i++) Refusal.Of(static () => ManagedPlugin.Load(Fixture.PathOf("Good.dll"), TestPlugin.Decoders(), new ContextCensus(TimeProvider.System)));
        AppDomain.CurrentDomain.AssemblyLoad -= Remember;
        for (int i = 0; i < 10 && loaded.Any(static one => one.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.True(loaded.Count >= 3);
        Assert.All(loaded, static one => Assert.False(one.IsAlive));
    }
}
