using Jint;
using Jint.Native;
using Jint.Runtime;
using Jint.Runtime.Interop;

namespace EbpfAgent.Decoding.JavaScript;

/// <summary>
/// <c>host</c>: what a script may ask of the machine (null for what it doesn't know), and the built-in decoders as functions (whose text says what is unknown, as it does
/// in labels that a manifest declares). Belongs to one engine.
/// </summary>
internal sealed class ScriptHost
{
    private readonly Engine _engine;
    private readonly JsObject _target;

    private ScriptHost(Engine engine, IHost host)
    {
        _engine = engine;
        _target = new JsObject(engine);
        _target.Set("architecture", ArchitectureOf(host));
        foreach (var function in ScriptLookups.Create(host).Concat(ScriptDecoders.Create(host)))
            Define(function);
    }

    /// <summary>Whether the script has asked for something that may change on the host.</summary>
    public bool WasAsked { get; private set; }

    /// <summary>Adds <c>host</c> to the globals of an engine.</summary>
    public static ScriptHost Install(Engine engine, IHost host)
    {
        var installed = new ScriptHost(engine, host);
        engine.Global.Set("host", installed._target);
        return installed;
    }

    /// <summary>As JavaScript's other hosts call it.</summary>
    private static string ArchitectureOf(IHost host) => host.Architecture switch
    {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        var other => other,
    };

    private void Define(HostFunction function) =>
        _target.Set(function.Name, new ClrFunction(_engine, function.Name, (_, values) => Call(function, values), function.Arity));

    private JsValue Call(HostFunction function, JsValue[] values)
    {
        try
        {
            var answer = function.Call(new ScriptArguments(_engine, function.Usage, values));
            WasAsked |= answer.MayChange;
            return answer.Text is { } text ? new JsString(text) : JsValue.Null;
        }
        catch (DecodeException exception)
        {
            throw new JavaScriptException(_engine.Intrinsics.TypeError, $"host.{function.Name}: {exception.Message}");
        }
    }
}
