using System.Text;
using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Configuration;
using EbpfAgent.Exposition;
using EbpfAgent.Lifecycle;
using EbpfAgent.Polling;
using EbpfAgent.Series;

namespace EbpfAgent.Tests.Support;

/// <summary>A plugin on the agent's own way, from the loader to the text, polled when the test says so.</summary>
internal sealed class PolledPlugin : IDisposable
{
    private readonly FamilyRegistry _registry = new();
    private readonly MetricsDocument _document;

    public PolledPlugin(PluginDefinition definition, PluginConfiguration? settings = null, IMapCalls? calls = null)
    {
        var loader = new PluginLoader(_registry, KernelFacts.Read(), calls ?? new MapCalls(), TimeProvider.System);
        Running = loader.Load(_registry, settings ?? TestPlugin.Settings(), () => definition);
        _document = new MetricsDocument(_registry);
    }

    public RunningPlugin Running { get; }

    public MapPoll this[string map] => Running.Polls.Single(poll => poll.Map.Definition.Name == map);

    public void Observe(string program, ulong value, ulong key, ulong junk = 0, int cpu = 0) =>
        ProgramRun.Observe(Running.Object.Programs.Single(one => one.Name == program).Handle, value, key, junk, cpu);

    /// <summary>Polls, and reads what a scrape would then be given.</summary>
    public Scrape Poll()
    {
        Running.Poll();
        var buffer = new ExpositionBuffer();
        _document.Write(buffer);
        var text = new StringBuilder();
        for (int chunk = 0; chunk < buffer.Chunks; chunk++) text.Append(Encoding.UTF8.GetString(buffer[chunk].Span));
        var scrape = new Scrape(text.ToString());
        HistogramRules.Check(scrape);
        return scrape;
    }

    public void Dispose() => Running.Dispose();
}
