using EbpfAgent.Host;
using EbpfAgent.Lifecycle;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.ExporterConfigurations;

/// <summary>A configuration of ebpf_exporter on the agent's own way, with what this machine can say.</summary>
internal static class ExporterPlugin
{
    public static PolledPlugin Load(string path)
    {
        var settings = TestPlugin.Settings(Path.GetFileNameWithoutExtension(path));
        var decoders = new DecoderFactory(settings, new LinuxHost("/", TimeProvider.System, new FileCalls()), new ListLogger());
        return new PolledPlugin(new ManifestPlugin(Definitions.ManifestOf(path), decoders), settings);
    }

    public static PolledPlugin LoadFixture(string name) => Load(Fixture.PathOf(name + ".yaml"));

    public static void Run(this PolledPlugin plugin, ProgramInput input) => plugin.Observe(input.Program, input.N, input.A, input.B, input.Cpu);
}
