using System.Collections.Immutable;
using EbpfAgent.Abstractions;
using EbpfAgent.Lifecycle;

namespace EbpfAgent.Decoding;

/// <summary>
/// Decodes with the plugin's own struct. The result is copied, so that no collection of the plugin's types outlives its load
/// context. Not for concurrent calls. What the plugin's code throws in <see cref="Decode"/> is passed on.
/// </summary>
internal sealed class ClrKeyDecoder : IKeyDecoder
{
    private readonly Metric _metric;
    private readonly AskedHost _host;
    private readonly ImmutableArray<string> _names;
    private readonly string _owner;

    /// <exception cref="PluginException">The label names are illegal, or could not be had.</exception>
    public ClrKeyDecoder(Metric metric, IHostLookup host)
    {
        _metric = metric;
        _host = new AskedHost(host);
        _owner = $"{metric.KeyType.Name}, the key of map '{metric.Map}'";
        _names = Decoding.LabelNames.Check(ReadNames(metric), _owner);
        LabelNames = _names;
    }

    public IReadOnlyList<string> LabelNames { get; }

    public bool MayGoStale => _host.WasAsked;

    public IReadOnlyList<string>? Decode(ReadOnlySpan<byte> key)
    {
        if (_metric.DecodeKey(key, _host) is not { } values)
            return null;
        if (values.Count != _names.Length)
            throw Refused($"{values.Count} values for {_names.Length} label names ({string.Join(", ", _names)}); return one for each.");
        var copy = new string[_names.Length];
        for (var i = 0; i < copy.Length; i++)
        {
            copy[i] = values[i] ?? throw Refused(
                $"null for the label '{_names[i]}'; return a text, or null in place of the list to leave the key out.");
        }

        return copy;
    }

    private DecodeException Refused(string result) => new($"{_owner}: GetLabelValues returned {result}");

    private string?[] ReadNames(Metric metric)
    {
        try
        {
            return [.. metric.LabelNames ?? throw new InvalidOperationException("it is null")];
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            var message = $"{_owner}: LabelNames failed: {exception.Message}. Return the list of names, which may be empty.";
            throw new PluginException(PluginError.Metric, message, exception);
        }
    }
}
