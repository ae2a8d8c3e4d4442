using System.Collections.Immutable;
using EbpfAgent.Abstractions;
using EbpfAgent.Lifecycle;
using Jint;
using Jint.Native;
using Jint.Native.Function;
using Jint.Native.Object;

namespace EbpfAgent.Decoding.JavaScript;

/// <summary>
/// Decodes with a module that exports <c>labels</c> and <c>decode(key)</c>, in an engine of its own. Owns that engine; not for
/// concurrent calls, which are refused. After a failed call the next one starts afresh, but the module's own variables are as the
/// failed one left them.
/// </summary>
internal sealed class ScriptDecoder : IKeyDecoder, IDisposable
{
    internal const string Loading = "loading";
    private const string Activity = "decode(key)";
    private const string Shape =
        "A decoder is: export const labels = [\"name\", ...]; export function decode(key) { return [value, ...]; }";

    private readonly ScriptSource _source;
    private readonly ScriptLimits _limits;
    private readonly int _keySize;
    private readonly Engine _engine;
    private readonly ScriptGlobals _globals;
    private readonly ScriptKey _key;
    private readonly Function _decode;
    private readonly ImmutableArray<string> _names;
    private bool _isBusy;

    private ScriptDecoder(ScriptSource source, KeyLayout layout, IHostLookup host, string architecture, ScriptLimits limits, Action<string>? log)
    {
        (_source, _limits, _keySize) = (source, limits, layout.Size);
        var module = ScriptParser.Parse(source, limits);
        var time = new CallTime(limits);
        _engine = ScriptSandbox.Create(limits, time);
        _globals = new ScriptGlobals(_engine, host, architecture, log);
        _key = new ScriptKey(_engine, layout);
        ScriptSandbox.Freeze(_engine);
        _engine.Modules.Add(source.Path, builder => builder.AddModule(module));
        var exports = _engine.Modules.Import(source.Path);
        _decode = Decoder(exports);
        _names = Decoding.LabelNames.Check(Labels(exports), source.Path);
        LabelNames = _names;
        time.EndLoading();
    }

    public IReadOnlyList<string> LabelNames { get; }

    /// <summary>Runs the module once, under the same limits as a call.</summary>
    /// <param name="source">The script.</param>
    /// <param name="layout">The key's fields, from BTF; their names are those of the script's <c>key</c>.</param>
    /// <param name="host">Look-ups behind <c>host</c>.</param>
    /// <param name="architecture">What <c>host.architecture</c> is: <c>x86_64</c>.</param>
    /// <param name="limits">What a call may use.</param>
    /// <param name="log">Takes each line of <c>console.log</c>, on the caller's thread; null drops them.</param>
    /// <exception cref="ScriptException">The script doesn't parse, doesn't load, or lacks an export.</exception>
    /// <exception cref="PluginException">A label name is illegal.</exception>
    public static ScriptDecoder Load(
        ScriptSource source, KeyLayout layout, IHostLookup host, string architecture, ScriptLimits limits, Action<string>? log)
    {
        try
        {
            return new ScriptDecoder(source, layout, host, architecture, limits, log);
        }
        catch (Exception exception) when (exception is not (ScriptException or PluginException))
        {
            throw new ScriptException(ScriptFailure.Describe(exception, source, Loading, limits), exception);
        }
    }

    /// <exception cref="DecodeException">The script failed, or returned something else than its labels' values.</exception>
    public IReadOnlyList<string>? Decode(ReadOnlySpan<byte> key)
    {
        if (key.Length < _keySize)
            throw new DecodeException($"{_source.Path}: the key has {key.Length} bytes, its type {_keySize}.");
        if (Interlocked.Exchange(ref _isBusy, true))
            throw new InvalidOperationException($"{_source.Path}: decode was called during a call; one decoder serves one call at a time.");
        try
        {
            _globals.BeginCall();
            return Values(_engine.Call(_decode, JsValue.Undefined, [_key.Read(key)]));
        }
        catch (Exception exception) when (exception is not DecodeException)
        {
            throw new DecodeException(ScriptFailure.Describe(exception, _source, Activity, _limits), exception);
        }
        finally
        {
            _isBusy = false;
        }
    }

    public void Dispose() => _engine.Dispose();

    private string[]? Values(JsValue result)
    {
        if (result.IsNull() || result.IsUndefined())
            return null;
        if (result is not JsArray array)
            throw Refused($"{ScriptText.Kind(result)}; return an array with a value for each label, or null to leave the key out.");
        if (array.Length != _names.Length)
            throw Refused($"{array.Length} values for {_names.Length} labels ({string.Join(", ", _names)}); return one for each.");
        var values = new string[_names.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var value = array.Get(JsNumber.Create(i));
            values[i] = ScriptText.Label(value) ?? throw Refused(
                $"{ScriptText.Kind(value)} for the label '{_names[i]}'; return a string, number, boolean or BigInt of ordinary size.");
        }

        return values;
    }

    private DecodeException Refused(string result) => new($"{_source.Path}: {Activity} returned {result}");

    private Function Decoder(ObjectInstance exports)
    {
        var decode = exports.Get("decode");
        return decode as Function ?? throw Missing(decode.IsUndefined()
            ? "the export 'decode' is missing"
            : $"the export 'decode' is {ScriptText.Kind(decode)}, not a function");
    }

    private ScriptException Missing(string what) => new($"{_source.Path}: {what}. {Shape}");

    private List<string> Labels(ObjectInstance exports)
    {
        var labels = exports.Get("labels");
        if (labels.IsUndefined())
            throw Missing("the export 'labels' is missing");
        if (labels is not JsArray array)
            throw Missing($"the export 'labels' is {ScriptText.Kind(labels)}, not an array of strings");
        var names = new List<string>();
        for (var i = 0; i < array.Length; i++)
        {
            var label = array.Get(JsNumber.Create(i));
            names.Add(label is JsString
                ? label.ToString()
                : throw Missing($"labels[{i}] is {ScriptText.Kind(label)}, not a string"));
        }

        return names;
    }
}
