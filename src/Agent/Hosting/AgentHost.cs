using System.Runtime.InteropServices;
using EbpfAgent.Bpf;
using EbpfAgent.Configuration;
using EbpfAgent.Discovery;
using EbpfAgent.Exposition;
using EbpfAgent.Health;
using EbpfAgent.Lifecycle;
using EbpfAgent.Survival;
using Microsoft.AspNetCore.Connections;

namespace EbpfAgent.Hosting;

/// <summary>
/// The process: it opens the endpoint, starts the plugins, follows what changes, waits for the signal to stop, and leaves nothing behind in the kernel but what is to survive it.
/// </summary>
/// <param name="configuration">What it starts with.</param>
/// <param name="file">Watches the configuration file; made before the file was read.</param>
/// <param name="time">The clock.</param>
internal sealed partial class AgentHost(AgentConfiguration configuration, FileWatch file, TimeProvider time)
{
    /// <exception cref="StartException">The endpoint can't be opened.</exception>
    public async Task RunAsync()
    {
        var level = new LogLevelSwitch(configuration.LogLevel);
        WebApplicationBuilder builder = WebHost.CreateBuilder(configuration, level, time);
        await using WebApplication application = builder.Build();
        ILogger logger = application.Services.GetRequiredService<ILoggerFactory>().CreateLogger("ebpf-agent");
        if (!StateFolder.TryOpen(configuration.StateFolder, out StateFolder? state, out string? problem)) LogProblem(logger, problem);
        using CrashJournal? journal = state is null ? null : OpenJournal(state, logger);
        using var survivors = new Survivors(state, problem, configuration.PinFolder, configuration.File, time, logger);
        var watch = new PluginWatch(configuration.PluginFolders, time);
        var plugins = new PluginSet(configuration, KernelFacts.Read(), journal, survivors, time, logger) { ExtraFiles = watch.SetExtraFiles };
        var document = new MetricsDocument(plugins.Registry);
        var metrics = new AgentMetrics(time);
        using var settings = new RunningSettings(configuration, level, document, metrics.Configuration, logger);
        using var reload = new ReloadLoop(plugins, watch, file, settings, time, logger);
        var handler = new MetricsHandler(document, metrics, plugins, time);
        application.Run(new HttpEndpoint(handler, plugins, new ReloadHandler(() => reload.ReloadAsync("POST /-/reload"), () => settings.ReloadAccess)).HandleAsync);
        await StartAsync(application);
        using var stopping = new CancellationTokenSource();
        using PosixSignalRegistration hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            // Without this the process would end, as one does whose terminal is closed.
            signal.Cancel = true;
            _ = reload.ReloadAsync("SIGHUP");
        });
        Task following = FollowAsync(plugins, reload, application, logger, stopping.Token);
        await application.WaitForShutdownAsync();
        // Whatever is under way from here on, no plugin is to blame.
        journal?.Stop();
        await stopping.CancelAsync();
        await plugins.DisposeAsync();
        await following.WaitAsync(StopPatience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (survivors.Pinned is { Count: > 0 } pinned) LogLeft(logger, string.Join(", ", pinned), pinned.Count == 1 ? "counts" : "count");
        else LogStopped(logger);
    }

    private static readonly TimeSpan StopPatience = TimeSpan.FromMilliseconds(500);

    private static async Task FollowAsync(PluginSet plugins, ReloadLoop reload, WebApplication application, ILogger logger, CancellationToken stopping)
    {
        await reload.StartAsync(stopping);
        HeapBudget.AfterStart();
        LogReady(logger, application.Urls.First(), plugins.Summary());
        // An agent that nobody scrapes would let the garbage of its looking around grow.
        await reload.RunAsync(new HeapBudget().Check, stopping);
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

    private CrashJournal? OpenJournal(StateFolder folder, ILogger logger)
    {
        CrashJournal? journal = CrashJournal.TryOpen(folder, configuration.File, time, out string? warning);
        if (warning is not null) LogProblem(logger, warning);
        foreach (string finding in journal?.Findings ?? []) LogProblem(logger, finding);
        return journal;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "scrape {Url}/metrics - {Summary}")]
    private static partial void LogReady(ILogger logger, string url, string summary);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Problem}")]
    private static partial void LogProblem(ILogger logger, string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "stopped; {Plugins} {Count} on in the kernel until the next agent comes, or `ebpf-agent cleanup`")]
    private static partial void LogLeft(ILogger logger, string plugins, string count);

    [LoggerMessage(Level = LogLevel.Information, Message = "stopped; nothing of it is left in the kernel")]
    private static partial void LogStopped(ILogger logger);
}
