namespace EbpfAgent.Hosting;

/// <summary>How much is logged; can be changed while the agent runs. Any thread may call it.</summary>
internal sealed class LogLevelSwitch(string level)
{
    private volatile int _least = (int)Parse(level);

    public bool IsOn(LogLevel level) => (int)level >= _least;

    /// <param name="level">As the configuration names it.</param>
    public void Set(string level) => _least = (int)Parse(level);

    private static LogLevel Parse(string level) => Enum.Parse<LogLevel>(level, ignoreCase: true);
}
