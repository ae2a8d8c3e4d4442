using EbpfAgent.Bpf;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Agents;

/// <summary>One agent with the bundled plugins, for the tests that only look at it.</summary>
public sealed class RunningAgent : IAsyncLifetime
{
    private AgentFolder? _folder;
    private AgentProcess? _agent;

    internal AgentProcess Agent => _agent!;

    internal HttpClient Http => Agent.Http;

    public async ValueTask InitializeAsync()
    {
        // Where the tests are skipped there is nothing to start either.
        if (!KernelFacts.Read().MayTrace) return;
        _folder = new AgentFolder("\"interval\": \"200ms\"").WithBundled();
        _agent = await AgentProcess.StartAsync(_folder);
    }

    public ValueTask DisposeAsync()
    {
        _agent?.Dispose();
        _folder?.Dispose();
        return ValueTask.CompletedTask;
    }
}
