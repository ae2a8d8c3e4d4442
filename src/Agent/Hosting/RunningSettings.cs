using EbpfAgent.Bpf;
using EbpfAgent.Configuration;
using EbpfAgent.Exposition;
using EbpfAgent.Health;
using EbpfAgent.Lifecycle;
using Microsoft.Win32.SafeHandles;

namespace EbpfAgent.Hosting;

/// <summary>
/// The settings in force that are not about plugins, and the change from one configuration to another: applied where that can be done, and said where the agent has to be
/// started again.
/// </summary>
/// <remarks><see cref="ReloadAccess"/> is for any thread, all else for one at a time.</remarks>
internal sealed partial class RunningSettings : IReloadedSettings, IDisposable
{
    private readonly LogLevelSwitch _level;
    private readonly MetricsDocument _document;
    private readonly ConfigurationMetrics _metrics;
    private readonly ILogger _logger;
    // What was in force at the start stays so where only a start can change it.
    private readonly AgentConfiguration _first;
    private volatile AgentConfiguration _current;
    private SafeFileHandle? _statistics;

    public RunningSettings(AgentConfiguration first, LogLevelSwitch level, MetricsDocument document, ConfigurationMetrics metrics, ILogger logger)
    {
        (_first, _current, _level, _document, _metrics, _logger) = (first, first, level, document, metrics, logger);
        Enforce(first);
    }

    /// <summary>Who may ask for a reload over HTTP.</summary>
    public ReloadAccess ReloadAccess => _current.ReloadEndpoint switch
    {
        ReloadEndpoint.On => ReloadAccess.Everybody,
        ReloadEndpoint.Loopback when _first.Listen.IsLoopback => ReloadAccess.ThisHost,
        _ => ReloadAccess.Nobody,
    };

    public AgentConfiguration Apply(byte[] text)
    {
        try
        {
            AgentConfiguration next = AgentConfigurationLoader.Parse(text, _current.File, CommandLine.Variables());
            foreach (string setting in _first.RestartNeeded(next)) LogRestartNeeded(_logger, next.File, setting);
            Enforce(next);
            _metrics.Applied();
            LogApplied(_logger, next.File);
            return _current = next;
        }
        catch (ConfigurationException)
        {
            _metrics.Refused();
            throw;
        }
    }

    public void Dispose() => _statistics?.Dispose();

    private void Enforce(AgentConfiguration configuration)
    {
        _level.Set(configuration.LogLevel);
        _document.MostBytes = configuration.MaxScrapeSize;
        if (configuration.ProgramStatistics == _statistics is not null) return;
        _statistics?.Dispose();
        _statistics = configuration.ProgramStatistics ? EnableStatistics() : null;
    }

    private SafeFileHandle? EnableStatistics()
    {
        try
        {
            return RunTimeStatistics.Enable();
        }
        catch (BpfException e)
        {
            LogProblem(_logger, e.Message);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{File} is applied")]
    private static partial void LogApplied(ILogger logger, string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File}: {Setting} has changed, and stays as it was; start the agent again to apply it")]
    private static partial void LogRestartNeeded(ILogger logger, string file, string setting);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Problem}")]
    private static partial void LogProblem(ILogger logger, string problem);
}
