using EbpfAgent.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EbpfAgent.Tests.Hosting;

public sealed class LineLogTests
{
    private const string Begin = "2026-11-28T12:00:00Z warning: ";

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("the verifier:\n    line 1\n    line 2", "the verifier:\n    line 1\n    line 2")]
    [InlineData("x\n2026-11-28T12:00:00Z error: all is lost", "x\n    2026-11-28T12:00:00Z error: all is lost")]
    [InlineData("x\n", "x\n    ")]
    [InlineData("a\u001b[2Jb\r\tc\u0085", "a\\u001b[2Jb\\u000d\tc\\u0085")]
    public void A_message_is_one_entry_and_no_command(string message, string written)
    {
        var log = new LineLog(new FakeTimeProvider(new DateTimeOffset(2026, 11, 28, 12, 0, 0, TimeSpan.Zero)));
        using var text = new StringWriter { NewLine = "\n" };

        log.Write(new LogEntry<string>(LogLevel.Warning, "c", 0, message, null, static (state, _) => state), null, text);

        Assert.Equal(Begin + written + "\n", text.ToString());
    }
}
