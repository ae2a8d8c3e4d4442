using EbpfAgent.Hosting;
using Microsoft.Extensions.Logging;

namespace EbpfAgent.Tests.Hosting;

public sealed class LogLevelSwitchTests
{
    [Theory]
    [InlineData("debug", LogLevel.Debug, LogLevel.Trace)]
    [InlineData("information", LogLevel.Information, LogLevel.Debug)]
    [InlineData("warning", LogLevel.Warning, LogLevel.Information)]
    [InlineData("error", LogLevel.Error, LogLevel.Warning)]
    public void A_level_lets_through_itself_and_what_is_worse(string name, LogLevel on, LogLevel off)
    {
        var first = new LogLevelSwitch(name);
        var changed = new LogLevelSwitch(name == "error" ? "debug" : "error");
        changed.Set(name);
        foreach (LogLevelSwitch level in new[] { first, changed })
        {
            Assert.True(level.IsOn(on));
            Assert.True(level.IsOn(LogLevel.Critical));
            Assert.False(level.IsOn(off));
        }
    }
}
