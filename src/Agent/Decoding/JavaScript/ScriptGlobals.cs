using System.Globalization;
using System.Numerics;
using EbpfAgent.Abstractions;
using Jint;
using Jint.Native;
using Jint.Runtime;
using Jint.Runtime.Interop;

namespace EbpfAgent.Decoding.JavaScript;

/// <summary>What a script sees of the world: <c>host</c> and <c>console</c>. Belongs to one engine.</summary>
internal sealed class ScriptGlobals
{
    private const int MaxLines = 20;

    private readonly Engine _engine;
    private readonly IHostLookup _host;
    private readonly Action<string>? _log;
    private int _lines;

    public ScriptGlobals(Engine engine, IHostLookup host, string architecture, Action<string>? log)
    {
        (_engine, _host, _log) = (engine, host, log);
        var hostObject = new JsObject(engine);
        hostObject.Set("architecture", architecture);
        hostObject.Set("device", new ClrFunction(engine, "device", Device, 2));
        engine.Global.Set("host", hostObject);
        var console = new JsObject(engine);
        foreach (var level in new[] { "log", "debug", "info", "warn", "error" })
            console.Set(level, new ClrFunction(engine, level, Log));
        engine.Global.Set("console", console);
    }

    /// <summary>To be called before each call into the script: a call has a few lines of its own.</summary>
    public void BeginCall() => _lines = 0;

    private JsValue Device(JsValue self, JsValue[] arguments)
    {
        const string usage = "host.device(major, minor) takes two whole numbers from 0 to 4294967295";
        if (arguments is not [var major, var minor, ..] || Number(major) is not { } majorNumber || Number(minor) is not { } minorNumber)
            throw new JavaScriptException(_engine.Intrinsics.TypeError, usage);
        return _host.DeviceName(majorNumber, minorNumber) is { } name ? new JsString(name) : JsValue.Null;
    }

    private static uint? Number(JsValue value) => value.ToObject() switch
    {
        double number when number >= 0 && number <= uint.MaxValue && number == Math.Floor(number) => (uint)number,
        BigInteger number when number >= 0 && number <= uint.MaxValue => (uint)number,
        _ => null,
    };

    private JsValue Log(JsValue self, JsValue[] arguments)
    {
        if (_log is null || _lines > MaxLines)
            return JsValue.Undefined;
        _log(_lines++ < MaxLines
            ? string.Join(' ', arguments.Select(ScriptText.Describe))
            : string.Create(CultureInfo.InvariantCulture, $"(only the first {MaxLines} lines of each call are kept)"));
        return JsValue.Undefined;
    }
}
