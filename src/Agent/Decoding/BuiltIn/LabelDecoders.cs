namespace EbpfAgent.Decoding.BuiltIn;

/// <summary>The built-in decoders, by name.</summary>
internal static class LabelDecoders
{
    /// <summary>The names, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names => [.. Makers.Keys.Order(StringComparer.Ordinal)];

    private static readonly Dictionary<string, Func<DecoderSpec, IHost, KeyLayout?, ILabelStep>> Makers = [];

    /// <summary>Whether a decoder's object of arguments is a map from text to text, and not options by name.</summary>
    public static bool TakesMap(string name) => name is "static_map" or "enum";

    /// <summary>What is wrong with a decoder's arguments, as far as it can be told without a key; null if nothing is.</summary>
    public static string? Objection(DecoderSpec spec) => Makers.ContainsKey(spec.Name) ? null : $"there is no decoder '{spec.Name}'; there are {string.Join(", ", Names)}";

    /// <summary>Makes a step of a chain.</summary>
    /// <param name="spec">Which decoder, with its arguments.</param>
    /// <param name="host">The machine.</param>
    /// <param name="layout">The key, for decoders that need a second field; null where no BTF describes it.</param>
    /// <exception cref="FormatException">There is no such decoder, or its arguments are wrong; the message is the rest of a sentence that begins with the place where it was written.</exception>
    public static ILabelStep Create(DecoderSpec spec, IHost host, KeyLayout? layout) => Makers.TryGetValue(spec.Name, out var make)
        ? make(spec, host, layout)
        : throw new FormatException($"there is no decoder '{spec.Name}'; there are {string.Join(", ", Names)}");
}
