using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;
using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Configuration;
using EbpfAgent.Discovery;
using EbpfAgent.Exposition;
using EbpfAgent.Health;
using EbpfAgent.Hosting;
using EbpfAgent.Lifecycle;
using EbpfAgent.Series;
using Microsoft.Extensions.Logging.Abstractions;

namespace EbpfAgent.Benchmarks;

/// <summary>
/// A scrape over loopback, through all that the agent has: a poll of the real map, the text, Kestrel, the socket. The client allocates nothing, so that what is
/// allocated is the agent's.
/// </summary>
internal static class ScrapeBench
{
    private const int WarmUp = 12;
    private const int Runs = 8;

    private static readonly byte[] Request = Encoding.ASCII.GetBytes("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");

    /// <param name="name">What figures call it.</param>
    /// <param name="plugin">What is scraped.</param>
    /// <returns>What a scrape allocates in the whole process, in bytes.</returns>
    public static async Task<double> RunAsync(string name, BenchPlugin plugin)
    {
        var registry = new FamilyRegistry();
        var loader = new PluginLoader(registry, KernelFacts.Read(), new MapCalls(), TimeProvider.System);
        AgentConfiguration configuration = Configuration();
        await using var supervisor = new PluginSupervisor(
            "bench", "bench", (target, before, cancellation) => loader.Prepare(target.Settings, target.MetricPrefix, () => plugin, before, cancellation), registry, TimeProvider.System, NullLogger.Instance);
        await supervisor.RunAsync(new PluginTarget(new PluginCandidate("bench", "bench", "bench", Problem: null), "", configuration.For("bench"), configuration.MetricPrefix));
        if (supervisor.Status.Running is not { } running) throw new InvalidOperationException(supervisor.Status.Message);
        var plugins = new OnePlugin([supervisor]);
        await using WebApplication application = WebHost.CreateBuilder(configuration, new LogLevelSwitch("warning"), TimeProvider.System).Build();
        var handler = new MetricsHandler(new MetricsDocument(registry), new AgentMetrics(TimeProvider.System), plugins, TimeProvider.System);
        application.Run(new HttpEndpoint(handler, plugins, new ReloadHandler(static () => Task.FromResult<IReadOnlyList<string>>([]), static () => ReloadAccess.Nobody)).HandleAsync);
        await application.StartAsync();
        return Measure(name, new Uri(application.Urls.First()).Port, round => plugin.Change(running.Object, round));
    }

    private static double Measure(string name, int port, Action<ulong> change)
    {
        using var client = new ScrapeClient(port, Request);
        ulong round = 1;
        void Prepare()
        {
            change(round++);
            // A plugin that is polled at scrapes is polled once a second at most.
            Thread.Sleep(1050);
        }

        Report.Best(WarmUp, () => change(round++), client.Scrape);
        double best = Report.Best(Runs, Prepare, client.Scrape);
        Report.Figure($"scrape_{name}", best, "ms");
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int run = 0; run < Runs; run++)
        {
            Thread.Sleep(1050);
            client.Scrape();
        }

        double allocated = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Runs;
        Report.Figure($"allocated_per_scrape_{name}", allocated, "bytes");
        return allocated;
    }

    private static AgentConfiguration Configuration()
    {
        byte[] json = Encoding.UTF8.GetBytes("""{ "listen": "127.0.0.1:0", "interval": "scrape" }""");
        return AgentConfigurationLoader.Parse(json, "bench.json", []);
    }

    private sealed record OnePlugin(IReadOnlyList<PluginSupervisor> Supervisors) : IPlugins
    {
        public bool IsStarted => true;

        public int ContextsNotCollected => 0;
    }

    private sealed class ScrapeClient : IDisposable
    {
        private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
        private readonly byte[] _request;
        private readonly byte[] _buffer = new byte[1 << 20];

        public ScrapeClient(int port, byte[] request)
        {
            _request = request;
            _socket.Connect("127.0.0.1", port);
        }

        public void Scrape()
        {
            _socket.Send(_request);
            long left = long.MaxValue;
            int received = 0;
            while (left > 0)
            {
                int got = _socket.Receive(_buffer);
                if (got == 0) throw new IOException("the agent closed the connection");
                if (left == long.MaxValue) left = Expected(_buffer.AsSpan(0, got)) - got;
                else left -= got;
                received += got;
            }

            if (received == 0) throw new IOException("an empty answer");
        }

        public void Dispose() => _socket.Dispose();

        // The whole answer's length, by its Content-Length; the headers come in one piece on loopback.
        private static long Expected(ReadOnlySpan<byte> head)
        {
            ReadOnlySpan<byte> name = "Content-Length: "u8;
            int end = head.IndexOf("\r\n\r\n"u8);
            int at = head.IndexOf(name);
            if (end < 0 || at < 0 || !head.StartsWith("HTTP/1.1 200"u8)) throw new IOException("not the answer of an agent");
            return Utf8Parser.TryParse(head[(at + name.Length)..], out long length, out _) ? end + 4 + length : throw new IOException("a length that is no number");
        }
    }
}
