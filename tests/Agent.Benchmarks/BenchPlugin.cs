using EbpfAgent.Bpf;
using EbpfAgent.Configuration;
using EbpfAgent.Lifecycle;
using EbpfAgent.Series;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Benchmarks;

/// <summary>A plugin of real maps that the benchmark fills itself.</summary>
internal abstract class BenchPlugin : PluginDefinition
{
    public override ReadOnlyMemory<byte> ReadObject() => Resource.Read(ObjectName);

    /// <summary>Gives every entry of its maps a value that it did not have before, on every possible CPU.</summary>
    public abstract void Change(LoadedBpfObject loaded, ulong round);

    /// <summary>Loads and attaches it, and fills its maps for the first time.</summary>
    public RunningPlugin Start(FamilyRegistry registry, PluginLoader loader, string name)
    {
        RunningPlugin running = loader.Load(registry, new AgentConfiguration { File = "", PluginFolders = [] }.For(name), () => this, "ebpf_");
        Change(running.Object, 1);
        return running;
    }

    public override void Dispose()
    {
    }
}
