using EbpfAgent.Configuration.Reading;
using EbpfAgent.Decoding.BuiltIn;

namespace EbpfAgent.Configuration.EbpfExporter;

/// <summary>Reads a label's decoders.</summary>
internal static class DecoderBinder
{
    private const string StaticMap = "static_map";
    private const string Regexp = "regexp";
    private const string Regexps = "regexps";
    private const string KubernetesPrefix = "kube_";

    /// <summary>ebpf_exporter's decoders, in alphabetical order.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        "cgroup", "dname", "errno", "hex", "ifname", "inet_ip", "kstack", "ksym", "majorminor", "pci_class", "pci_device", "pci_subclass", "pci_vendor", Regexp, StaticMap, "string", "syscall",
        "uint",
    ];

    /// <summary>A decoder, with the arguments that are its own; what belongs to another has no effect, which is remarked.</summary>
    public static DecoderSpec Bind(ObjectReader reader, ExporterContext context)
    {
        string name = reader.Required("name", SettingFormats.AnyText) ?? "";
        if (name.Length > 0 && !Names.Contains(name, StringComparer.Ordinal))
            reader.Refuse("name", Unknown(name));
        var map = reader.ValuesByName(StaticMap, SettingFormats.AnyText, SettingFormats.AnyText);
        var expressions = reader.Values(Regexps, SettingFormats.AnyText);
        bool allowUnknown = reader.Optional("allow_unknown", false, ExporterFormats.Boolean);
        ReadCacheSizes(reader);
        var spec = new DecoderSpec(name)
        {
            Dialect = DecoderDialect.EbpfExporter,
            Map = name == StaticMap ? map.ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal) : null,
            AllowUnknown = name == StaticMap && allowUnknown,
            Items = name == Regexp ? [.. (expressions ?? []).Select(item => item.Value)] : null,
        };
        if (Missing(reader, name) is { } missing)
            reader.Refuse(missing.Key, missing.Problem);
        else if (Names.Contains(name, StringComparer.Ordinal) && context.Check?.Invoke(spec) is { } problem)
            reader.Refuse(name == Regexp ? Regexps : name == StaticMap ? StaticMap : "name", problem);
        RemarkForeign(reader, context, name, (StaticMap, StaticMap), ("allow_unknown", StaticMap), (Regexps, Regexp));
        return spec;
    }

    // How much is remembered changes no label: the agent decodes a key once, and keeps what came out as long as the key is there.
    private static void ReadCacheSizes(ObjectReader reader)
    {
        reader.TryGet("skip_cache_size", ExporterFormats.CacheSize, out _);
        reader.TryGet("lru_cache_size", ExporterFormats.CacheSize, out _);
    }

    private static (string Key, string Problem)? Missing(ObjectReader reader, string name) => name switch
    {
        StaticMap when !reader.Has(StaticMap) => (StaticMap, "missing; expected what each value is to be called, such as 1: read"),
        Regexp when !reader.Has(Regexps) => (Regexps, "missing; expected a list of at least one expression"),
        _ => null,
    };

    private static void RemarkForeign(ObjectReader reader, ExporterContext context, string name, params ReadOnlySpan<(string Key, string Owner)> keys)
    {
        foreach (var (key, owner) in keys)
        {
            if (name != owner && reader.Has(key))
                context.Remark(reader, key, $"no effect on the decoder {Quoted.Text(name)}; it belongs to {Quoted.Text(owner)}");
        }
    }

    private static string Unknown(string name)
    {
        if (name.StartsWith(KubernetesPrefix, StringComparison.Ordinal))
            return $"the decoder {Quoted.Text(name)} is not supported, since it asks Kubernetes; take \"cgroup\", whose path has the ids of pod and container";
        string suggestion = DidYouMean.Find(name, Names) is { } near ? $"; did you mean \"{near}\"?" : "";
        return $"there is no decoder {Quoted.Text(name)}{suggestion} (known: {string.Join(", ", Names)})";
    }
}
