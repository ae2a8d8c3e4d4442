using EbpfAgent.Survival;

namespace EbpfAgent.Tests.Survival;

/// <summary>A state folder and a folder of pins, in a folder of their own that is gone when disposed.</summary>
internal sealed class TestFolder : IDisposable
{
    public const string Configuration = "/etc/ebpf-agent/agent.json";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("ebpf-agent-state-");

    public TestFolder()
    {
        Assert.True(StateFolder.TryOpen(Path.Combine(Root, "state"), out var state, out string? problem), problem);
        State = state;
    }

    public string Root => _root.FullName;

    public string Pins => Path.Combine(Root, "pins");

    public StateFolder State { get; }

    public PluginClaim Claim(string plugin) => PluginClaim.Take(State, plugin, Pins, Configuration);

    /// <summary>The names of the files in the state folder.</summary>
    public string[] Files => [.. Directory.EnumerateFiles(State.Path).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    public void Dispose() => _root.Delete(recursive: true);
}
