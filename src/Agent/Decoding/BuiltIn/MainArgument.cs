namespace EbpfAgent.Decoding.BuiltIn;

/// <summary>
/// What a manifest writes behind a decoder's name, put where that decoder takes it from: <c>{ "ip": "host" }</c>, <c>{ "regexp": ["^a", "^b"] }</c>, <c>{ "static_map": { "1": "read" } }</c>. What is no
/// decoder's is left to <see cref="LabelDecoders.Create"/> to refuse.
/// </summary>
internal static class MainArgument
{
    /// <summary>A text: a list of one, the byte order, or the second field.</summary>
    /// <exception cref="FormatException">The decoder takes no text; the message is the rest of a sentence that begins with the place where it was written.</exception>
    public static DecoderSpec Of(string decoder, string text)
    {
        var allowed = LabelDecoders.ArgumentsOf(decoder);
        if (allowed.HasFlag(DecoderArguments.Items))
            return new DecoderSpec(decoder) { Items = [text] };
        if (allowed.HasFlag(DecoderArguments.OtherField))
            return new DecoderSpec(decoder) { OtherField = text };
        if (allowed.HasFlag(DecoderArguments.Order))
            return new DecoderSpec(decoder) { Options = new Dictionary<string, string> { [DecoderKind.OrderOption] = text } };
        throw new FormatException($"the decoder '{decoder}' takes no text");
    }

    /// <summary>A list, which only few decoders take.</summary>
    public static DecoderSpec Of(string decoder, IReadOnlyList<string> list) => new(decoder) { Items = list };

    /// <summary>An object: a map where the decoder takes one, options otherwise.</summary>
    public static DecoderSpec Of(string decoder, IReadOnlyDictionary<string, string> members) => LabelDecoders.ArgumentsOf(decoder).HasFlag(DecoderArguments.Map)
        ? new DecoderSpec(decoder) { Map = members }
        : new DecoderSpec(decoder) { Options = members };
}
