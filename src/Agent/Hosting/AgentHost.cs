using EbpfAgent.Bpf;
using EbpfAgent.Configuration;
using EbpfAgent.Exposition;
using EbpfAgent.Health;
using EbpfAgent.Lifecycle;
using Microsoft.AspNetCore.Connections;
using Microsoft.Win32.SafeHandles;

namespace EbpfAgent.Hosting;

/// <summary>
/// The process: it opens the endpoint, starts the plugins, waits for the signal to stop, and leaves nothing behind in the kernel.
/// </summary>
internal sealed partial class AgentHost(AgentConfiguration configuration, TimeProvider time)
{
    /// <exception cref="StartException">The endpoint can't be opened.</exception>
    public async Task RunAsync()
    {
        WebApplicationBuilder builder = WebHost.CreateBuilder(configuration, time);
        await using WebApplication application = builder.Build();
        ILogger logger = application.Services.GetRequiredService<ILoggerFactory>().CreateLogger("ebpf-agent");
        PluginSet plugins = PluginSet.Discover(configuration, KernelFacts.Read(), time, logger);
        using var handler = new MetricsHandler(new MetricsDocument(plugins.Registry), new AgentMetrics(time), plugins.Supervisors, time);
        application.Run(new HttpEndpoint(handler, plugins.Supervisors).HandleAsync);
        Distrust(plugins.Supervisors.Select(static supervisor => supervisor.Path), logger);
        await StartAsync(application);
        using SafeFileHandle? statistics = configuration.ProgramStatistics ? EnableStatistics(logger) : null;
        _ = StartAsync(plugins, application, logger);
        await application.WaitForShutdownAsync();
        await plugins.DisposeAsync();
        LogStopped(logger);
    }

    private static async Task StartAsync(PluginSet plugins, WebApplication application, ILogger logger)
    {
        await plugins.StartAsync();
        HeapBudget.AfterStart();
        LogReady(logger, application.Urls.First(), plugins.Summary());
    }

    private async Task StartAsync(WebApplication application)
    {
        try
        {
            await application.StartAsync();
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new StartException($"{configuration.File}: listen: {configuration.Listen} is in use by another process; stop that one, or listen elsewhere (EBPF_AGENT_LISTEN=127.0.0.1:PORT)", e);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            throw new StartException($"{configuration.File}: listen: can't listen on {configuration.Listen}: {e.Message}", e);
        }
    }

    // A DLL runs with all the agent's rights: whoever may write it, or the file that says where it is, has them too.
    private void Distrust(IEnumerable<string> plugins, ILogger logger)
    {
        string[] open = [.. configuration.PluginFolders.Prepend(configuration.File).Where(path => IsOpen(path, logger))];
        // What lies in an open folder is open as well; that has been said.
        foreach (string plugin in plugins.Where(plugin => !open.Contains(Path.GetDirectoryName(plugin))))
        {
            if (IsOpen(plugin, logger) || !Directory.Exists(plugin)) continue;
            foreach (string file in Directory.EnumerateFiles(plugin)) IsOpen(file, logger);
        }
    }

    private static bool IsOpen(string path, ILogger logger)
    {
        try
        {
            if (!Path.Exists(path) || TrustedFile.Check(path) is not { } warning) return false;
            LogDistrust(logger, warning);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogDistrust(logger, $"{path}: can't tell who may write it: {e.Message}");
            return true;
        }
    }

    private static SafeFileHandle? EnableStatistics(ILogger logger)
    {
        try
        {
            return RunTimeStatistics.Enable();
        }
        catch (BpfException e)
        {
            LogDistrust(logger, e.Message);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "scrape {Url}/metrics - {Summary}")]
    private static partial void LogReady(ILogger logger, string url, string summary);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    private static partial void LogDistrust(ILogger logger, string warning);

    [LoggerMessage(Level = LogLevel.Information, Message = "stopped; nothing of it is left in the kernel")]
    private static partial void LogStopped(ILogger logger);
}
