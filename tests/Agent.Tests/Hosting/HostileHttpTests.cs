using System.Net;
using System.Net.Sockets;
using System.Text;
using EbpfAgent.Configuration;
using EbpfAgent.Exposition;
using EbpfAgent.Health;
using EbpfAgent.Hosting;
using EbpfAgent.Series;
using EbpfAgent.Tests.Lifecycle;
using EbpfAgent.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace EbpfAgent.Tests.Hosting;

/// <summary>Whatever is sent to the endpoint, the next scrape is answered.</summary>
public sealed class HostileHttpTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly List<Socket> _sockets = [];
    private WebApplication? _agent;
    private IPEndPoint? _address;

    public static TheoryData<string> Requests =>
    [
        "\0\0\0\0",
        "GET\r\n\r\n",
        "GET /metrics HTTP/9.9\r\n\r\n",
        "GET /metrics HTTP/1.1\r\n\r\n",
        "BREW /metrics HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /%00%ff%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET http://[::1 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "GET /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
        "POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
        $"GET /{new string('a', 100_000)} HTTP/1.1\r\nHost: x\r\n\r\n",
        $"GET /metrics HTTP/1.1\r\nHost: x\r\nX: {new string('a', 1 << 20)}\r\n\r\n",
        $"GET /metrics HTTP/1.1\r\nHost: x\r\n{string.Concat(Enumerable.Range(0, 10_000).Select(static i => $"X{i}: y\r\n"))}\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003",
    ];

    public async ValueTask InitializeAsync()
    {
        AgentConfiguration configuration = AgentConfigurationLoader.Parse("""{ "listen": "127.0.0.1:0" }"""u8.ToArray(), "/x/agent.json", []);
        WebApplicationBuilder builder = WebHost.CreateBuilder(configuration, new LogLevelSwitch("error"), TimeProvider.System);
        _agent = builder.Build();
        var plugins = new FakePlugins();
        var metrics = new MetricsHandler(new MetricsDocument(new FamilyRegistry()), new AgentMetrics(TimeProvider.System), plugins, TimeProvider.System);
        var endpoint = new HttpEndpoint(metrics, plugins, new ReloadHandler(static () => Task.FromResult<IReadOnlyList<string>>([]), static () => ReloadAccess.ThisHost));
        _agent.Run(endpoint.HandleAsync);
        await _agent.StartAsync();
        string address = _agent.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        _address = new IPEndPoint(IPAddress.Loopback, new Uri(address).Port);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Socket socket in _sockets) socket.Dispose();
        await _agent!.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_request_that_is_none_costs_its_own_connection(string request)
    {
        for (int i = 0; i < 20; i++) await SendAsync(request);
        await DemandScrapeAsync();
    }

    [Fact]
    public async Task Random_bytes_cost_their_own_connection()
    {
        var random = new Random(1);
        byte[] sound = Encoding.ASCII.GetBytes("GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n");
        for (int i = 0; i < 300; i++)
        {
            byte[] bytes = [.. sound];
            for (int damages = random.Next(1, 6); damages > 0; damages--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            await SendAsync(Encoding.Latin1.GetString(bytes));
        }

        await DemandScrapeAsync();
    }

    /// <summary>Silent ones, half requests, and whole ones whose answer nobody reads.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("GET /metrics HTTP/1.1\r\nHost:")]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")]
    public async Task A_thousand_connections_keep_no_scraper_out(string request)
    {
        for (int i = 0; i < 1000; i++) await SendAsync(request);
        await DemandScrapeAsync();
    }

    private async Task SendAsync(string request)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _sockets.Add(socket);
        await socket.ConnectAsync(_address!);
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            if (request.Length > 0) await socket.SendAsync(Encoding.Latin1.GetBytes(request), patience.Token);
        }
        catch (SocketException)
        {
            // The agent has heard enough.
        }
    }

    private async Task DemandScrapeAsync()
    {
        using var http = new HttpClient { Timeout = Patience };
        var scrape = new Scrape(await http.GetStringAsync($"http://{_address}/metrics"));
        Assert.NotNull(scrape.Find("ebpf_agent_threads"));
    }
}
