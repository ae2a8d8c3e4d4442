using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Hosting;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Survival;

/// <summary>A script plugin that survives its agents, with places of its own for what is left. Removes all of it when disposed.</summary>
internal sealed class SurvivalFolder : IDisposable
{
    public const string Metric = "ebpf_survivor";

    private static int _folders;

    private readonly AgentFolder _folder = new(Settings(survive: true));
    private readonly string _state;

    public SurvivalFolder()
    {
        Pins = Path.Combine(BpfFileSystem.Require(), $"ebpf_agent_test_{Environment.ProcessId}_{Interlocked.Increment(ref _folders)}");
        _state = Path.Combine(_folder.Root, "kept");
        _folder.WithScript("survivor", Script("key.minor")).Age();
    }

    public string Pins { get; }

    public string Plugin => Path.Combine(_folder.Plugins, "survivor");

    public bool IsPinned => Directory.Exists(Path.Combine(Pins, "survivor", "current"));

    public static string Script(string label) => $"export const labels = ['x']; export const decode = key => [`${{{label}}}`];";

    public Task<AgentProcess> StartAsync() => AgentProcess.StartAsync(_folder, Places);

    public void Survive(bool survive) => File.WriteAllText(_folder.Configuration, $$"""{ "listen": "127.0.0.1:0", {{Settings(survive)}} }""");

    public void WriteScript(string script) => File.WriteAllText(Path.Combine(Plugin, "decode.js"), script);

    /// <summary>What the command <c>ebpf-agent cleanup</c> says.</summary>
    public async Task<(int ExitCode, string Output)> CleanUpAsync()
    {
        string file = Path.Combine(_folder.Root, "cleanup.json");
        await File.WriteAllTextAsync(file, $$"""{ "stateFolder": "{{_state}}", "pinFolder": "{{Pins}}" }""");
        using var output = new StringWriter();
        int exitCode = await CommandLine.RunAsync(["cleanup", "--config", file], output, output);
        return (exitCode, output.ToString());
    }

    /// <summary>SIGKILL, and the end of it.</summary>
    public static void Kill(AgentProcess agent)
    {
        using var process = System.Diagnostics.Process.GetProcessById(agent.Id);
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>Makes events, of which the plugin may or may not have an agent.</summary>
    public static void Observe(BpfProgramHandle program, int times, uint key)
    {
        for (int i = 0; i < times; i++) ProgramRun.Observe(program, 3, key, cpu: i % PossibleCpus.Count);
    }

    public void Dispose()
    {
        PinnedObject.Remove(Path.Combine(Pins, "survivor", "current"));
        if (Directory.Exists(Pins)) Directory.Delete(Pins, recursive: true);
        _folder.Dispose();
    }

    private (string, string)[] Places => [("EBPF_AGENT_STATEFOLDER", _state), ("EBPF_AGENT_PINFOLDER", Pins)];

    private static string Settings(bool survive) => $$"""
        "interval": "100ms", "plugins": { "survivor": { "survive": {{(survive ? "true" : "false")}} } }
        """;
}
