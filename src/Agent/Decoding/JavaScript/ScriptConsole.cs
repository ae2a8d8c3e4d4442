using Jint;
using Jint.Native;
using Jint.Runtime.Interop;

namespace EbpfAgent.Decoding.JavaScript;

/// <summary>
/// <c>console</c>, whose lines go to the agent's log: few in a call and few in a minute, since a script that logs each key would otherwise fill the disk at the rate of
/// the kernel's events. What is left out is counted, and told in one line. Belongs to one engine.
/// </summary>
internal sealed class ScriptConsole(TimeProvider time, Action<string>? log)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private long _began;
    private int _inCall;
    private int _inWindow;
    private int _leftOutOfCall;
    private int _leftOutOfWindow;

    /// <summary>The object that scripts see.</summary>
    public JsObject CreateObject(Engine engine)
    {
        var console = new JsObject(engine);
        foreach (var level in new[] { "log", "debug", "info", "warn", "error" })
            console.Set(level, new ClrFunction(engine, level, Log));
        return console;
    }

    /// <summary>To be called before each call into the script.</summary>
    public void BeginCall()
    {
        (_inCall, _leftOutOfCall) = (0, 0);
        if (_inWindow == 0 || time.GetElapsedTime(_began) < Window)
            return;
        _inWindow = 0;
        if (_leftOutOfWindow > 0)
            Write($"({_leftOutOfWindow} lines were left out: a script has {ScriptLimits.LinesPerMinute} in a minute)");
        _leftOutOfWindow = 0;
    }

    /// <summary>To be called after each call into the script, however it went.</summary>
    public void EndCall()
    {
        if (_inWindow >= ScriptLimits.LinesPerMinute)
            LeaveOutOfWindow(_leftOutOfCall);
        else if (_leftOutOfCall > 0)
            Write($"({_leftOutOfCall} more lines of this call were left out: a call has {ScriptLimits.LinesPerCall})");
    }

    private JsValue Log(JsValue self, JsValue[] values)
    {
        if (_inCall >= ScriptLimits.LinesPerCall)
            _leftOutOfCall++;
        else if (_inWindow >= ScriptLimits.LinesPerMinute)
            LeaveOutOfWindow(1);
        else
            Write(ScriptText.Line(values));
        return JsValue.Undefined;
    }

    // Said at once as well, for whoever waits for the next line.
    private void LeaveOutOfWindow(int lines)
    {
        if (lines > 0 && _leftOutOfWindow == 0)
            Write($"(more than {ScriptLimits.LinesPerMinute} lines in a minute: what comes in the rest of it is left out)");
        _leftOutOfWindow += lines;
    }

    private void Write(string line)
    {
        if (_inWindow++ == 0)
            _began = time.GetTimestamp();
        _inCall++;
        log?.Invoke(line);
    }
}
