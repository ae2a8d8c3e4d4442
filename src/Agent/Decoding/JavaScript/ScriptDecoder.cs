using System.Collections.Immutable;
using EbpfAgent.Lifecycle;
using Jint;
using Jint.Native;
using Jint.Native.Function;
using Jint.Native.Object;

namespace EbpfAgent.Decoding.JavaScript;

/// <summary>
/// Decodes with a module that exports <c>labels</c> and <c>decode(key)</c>, in an engine of its own. Owns that engine; not for
/// concurrent calls, which are refused. After a failed call the next one starts afresh, but the modules' own variables are as the
/// failed one left them.
/// </summary>
internal sealed class ScriptDecoder : IKeyDecoder, IDisposable
{
    internal const string Loading = "loading";
    private const string Activity = "decode(key)";
    private const string Shape =
        "A decoder is: export const labels = [\"name\", ...]; export function decode(key) { return [value, ...]; }";

    private readonly string _path;
    private readonly ScriptLimits _limits;
    private readonly int _keySize;
    private readonly Engine _engine;
    private readonly ScriptConsole _console;
    private readonly ScriptHost _host;
    private readonly ScriptKey _key;
    private readonly Function _decode;
    private readonly ImmutableArray<string> _names;
    private bool _isBusy;

    private ScriptDecoder(ScriptSource source, KeyLayout layout, ScriptEnvironment around)
    {
        (_path, _limits, _keySize) = (source.Path, around.Limits, layout.Size);
        var modules = ScriptModules.Load(source, _limits);
        Files = [.. modules.ByPath.Keys];
        var time = new CallTime(_limits);
        _engine = ScriptSandbox.Create(_limits, time, new ScriptModuleLoader(modules));
        _console = new ScriptConsole(around.Time, around.Log);
        _engine.Global.Set("console", _console.CreateObject(_engine));
        _host = ScriptHost.Install(_engine, around.Host);
        _key = new ScriptKey(_engine, layout);
        ScriptSandbox.Freeze(_engine);
        var exports = Import();
        _decode = Decoder(exports);
        _names = Decoding.LabelNames.Check(Labels(exports), _path);
        LabelNames = _names;
        time.EndLoading();
    }

    /// <summary>The files that it consists of, as <see cref="ScriptSource.PathOf"/> has their paths: the script and all that it imports. In no order.</summary>
    public ImmutableArray<string> Files { get; }

    public bool MayGoStale => _host.WasAsked;

    public IReadOnlyList<string> LabelNames { get; }

    /// <summary>Runs the script's modules once, under the same limits as a call.</summary>
    /// <param name="source">The script.</param>
    /// <param name="layout">The key's fields, from BTF; their names are those of the script's <c>key</c>.</param>
    /// <param name="around">The host, the limits, the log.</param>
    /// <exception cref="ScriptException">The script or what it imports doesn't parse, doesn't load, or lacks an export.</exception>
    /// <exception cref="PluginException">A label name is illegal.</exception>
    public static ScriptDecoder Load(ScriptSource source, KeyLayout layout, ScriptEnvironment around)
    {
        try
        {
            return new ScriptDecoder(source, layout, around);
        }
        catch (Exception exception) when (exception is not (ScriptException or PluginException))
        {
            throw new ScriptException(ScriptFailure.Describe(exception, source.Path, Loading, around.Limits), exception);
        }
    }

    /// <exception cref="DecodeException">The script failed, or returned something else than its labels' values.</exception>
    public IReadOnlyList<string>? Decode(ReadOnlySpan<byte> key)
    {
        if (key.Length < _keySize)
            throw new DecodeException($"{_path}: the key has {key.Length} bytes, its type {_keySize}.");
        if (Interlocked.Exchange(ref _isBusy, true))
            throw new InvalidOperationException($"{_path}: decode was called during a call; one decoder serves one call at a time.");
        try
        {
            _console.BeginCall();
            return Values(_engine.Call(_decode, JsValue.Undefined, [_key.Read(key)]));
        }
        catch (Exception exception) when (exception is not DecodeException)
        {
            throw new DecodeException(ScriptFailure.Describe(exception, _path, Activity, _limits), exception);
        }
        finally
        {
            _console.EndCall();
            _isBusy = false;
        }
    }

    public void Dispose() => _engine.Dispose();

    private ObjectInstance Import()
    {
        _console.BeginCall();
        try
        {
            return _engine.Modules.Import(_path);
        }
        finally
        {
            _console.EndCall();
        }
    }

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

    private DecodeException Refused(string result) => new($"{_path}: {Activity} returned {result}");

    private Function Decoder(ObjectInstance exports)
    {
        var decode = exports.Get("decode");
        return decode as Function ?? throw Missing(decode.IsUndefined()
            ? "the export 'decode' is missing"
            : $"the export 'decode' is {ScriptText.Kind(decode)}, not a function");
    }

    private ScriptException Missing(string what) => new($"{_path}: {what}. {Shape}");

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
