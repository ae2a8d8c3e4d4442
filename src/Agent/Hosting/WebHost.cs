using System.Net;
using EbpfAgent.Configuration;
using EbpfAgent.Exposition;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Console;

namespace EbpfAgent.Hosting;

/// <summary>Kestrel and the log, and nothing else of ASP.NET: no configuration of its own, no routing, no static files.</summary>
internal static class WebHost
{
    // With the chunk of a mebibyte that is written beyond it, at most six blocks wait: a send of more than eight pieces would allocate.
    private const long ResponseBuffer = 3 * SendBuffers.BlockSize;

    private const int MostConnections = 100;

    // A request is one packet: who takes longer holds a block for nothing.
    private static readonly TimeSpan HeaderPatience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ShutdownPatience = TimeSpan.FromMilliseconds(500);

    public static WebApplicationBuilder CreateBuilder(AgentConfiguration configuration, LogLevelSwitch level, TimeProvider time)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Host.UseConsoleLifetime(static options => options.SuppressStatusMessages = true);
        builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = ShutdownPatience);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => Configure(options, configuration.Listen));
        builder.Services.AddSingleton<Microsoft.AspNetCore.Connections.IMemoryPoolFactory<byte>>(new SendBuffers());
        builder.Services.AddSingleton(time);
        Configure(builder.Logging, configuration, level);
        return builder;
    }

    private static void Configure(KestrelServerOptions options, ListenAddress listen)
    {
        options.AddServerHeader = false;
        options.Limits.MaxRequestBodySize = 0;
        options.Limits.RequestHeadersTimeout = HeaderPatience;
        options.Limits.MaxResponseBufferSize = ResponseBuffer;
        var connections = new ConnectionLimit(MostConnections);
        Action<ListenOptions> http = endpoint =>
        {
            endpoint.Use(connections.Wrap);
            endpoint.Protocols = HttpProtocols.Http1;
            endpoint.Use(PacedWriter.Wrap);
        };
        if (listen.IsAny) options.ListenAnyIP(listen.Port, http);
        else if (listen.IsLocalhost && listen.Port != 0) options.ListenLocalhost(listen.Port, http);
        else options.Listen(listen.Address ?? IPAddress.Loopback, listen.Port, http);
    }

    private static void Configure(ILoggingBuilder logging, AgentConfiguration configuration, LogLevelSwitch least)
    {
        logging.SetMinimumLevel(LogLevel.Trace).AddFilter((_, level) => least.IsOn(level));
        logging.AddFilter("Microsoft", LogLevel.Warning);
        // The start's own failures are said by the agent, in one line.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        if (configuration.LogFormat == "json") logging.AddJsonConsole(Stamp);
        else logging.AddConsole(static options => options.FormatterName = LineLog.FormatterName).AddConsoleFormatter<LineLog, ConsoleFormatterOptions>();
    }

    private static void Stamp(JsonConsoleFormatterOptions options) =>
        (options.TimestampFormat, options.UseUtcTimestamp) = ("yyyy-MM-ddTHH:mm:ss.fffZ", true);
}
