namespace EbpfAgent.Decoding.BuiltIn;

/// <summary>A built-in decoder as a manifest names it, with its arguments. Immutable.</summary>
/// <param name="Name">Its name: <c>uint</c>, <c>static_map</c>.</param>
internal sealed record DecoderSpec(string Name)
{
    private static readonly Dictionary<string, string> NoOptions = [];

    /// <summary>For <c>static_map</c> and <c>enum</c>: what becomes of which text.</summary>
    public IReadOnlyDictionary<string, string>? Map { get; init; }

    /// <summary>For <c>regexp</c>: the expressions, of which the first that matches is taken. For other decoders that take a list (<c>time_buckets</c>): the list.</summary>
    public IReadOnlyList<string>? Items { get; init; }

    /// <summary>For <c>static_map</c> and <c>enum</c>: what is taken for a text that the map lacks; null has it be called unknown.</summary>
    public string? Default { get; init; }

    /// <summary>For <c>static_map</c>: a text that the map lacks is taken as it is.</summary>
    public bool AllowUnknown { get; init; }

    /// <summary>For decoders that need a second field (<c>ustack</c> its <c>pid</c>): the field's name in the key.</summary>
    public string? OtherField { get; init; }

    /// <summary>What else a decoder is told, by name: <c>order</c> of <c>ip</c> and <c>port</c>. A decoder refuses options that it does not know.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = NoOptions;

    /// <summary>Whose words are used for what is unknown, and whose rules where the two differ.</summary>
    public DecoderDialect Dialect { get; init; }
}

/// <summary>Whose labels come out.</summary>
internal enum DecoderDialect
{
    /// <summary>This agent's.</summary>
    Agent,

    /// <summary>Those of cloudflare/ebpf_exporter, to the letter, for its configurations.</summary>
    EbpfExporter,
}
