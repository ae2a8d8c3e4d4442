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

    private void Define(ScriptFunction function) =>
        _target.Set(function.Name, new ClrFunction(_engine, function.Name, (_, values) => Call(function, values), function.Arity));

    private JsValue Call(ScriptFunction function, JsValue[] values)
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

/// <summary>A function of <c>host</c>. Immutable.</summary>
/// <param name="Signature">As the usage shows it, without <c>host.</c>: <c>device(major, minor)</c>.</param>
/// <param name="Takes">The rest of the sentence that says what it takes.</param>
/// <param name="Call">Gives its answer; throws a script's TypeError for arguments that aren't as the usage says.</param>
internal sealed record ScriptFunction(string Signature, string Takes, Func<ScriptArguments, ScriptAnswer> Call)
{
    public string Name => Signature[..Signature.IndexOf('(', StringComparison.Ordinal)];

    public string Usage => $"host.{Signature} takes {Takes}";

    /// <summary>How many arguments it has to have.</summary>
    public int Arity => Signature.Split('[')[0].Count(letter => letter == ',') + 1;
}

/// <summary>What the host has said.</summary>
/// <param name="Text">Null where it doesn't know.</param>
/// <param name="MayChange">Whether the same question may have another answer later.</param>
internal readonly record struct ScriptAnswer(string? Text, bool MayChange);
