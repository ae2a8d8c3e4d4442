namespace EbpfAgent.Decoding.BuiltIn;

/// <summary>
/// One step of a label's chain: from a field's bytes, or from what the step before it made, to text. Immutable but for caches of its own; belongs to one decoder, whose calls never
/// overlap.
/// </summary>
internal interface ILabelStep
{
    /// <summary>Whether the text may change though the bytes don't, because it comes from the host.</summary>
    bool AsksHost => false;

    /// <summary>Whether only a field's bytes will do, and so only the first place in a chain.</summary>
    bool NeedsBytes => false;

    /// <summary>Whether only a text will do: in the first place it is given what BTF alone makes of the field.</summary>
    bool NeedsText => false;

    /// <summary>The text; null drops the key (a filter, not an error).</summary>
    /// <exception cref="DecodeException">The input is nothing that this step can read; the message says what it was, and what is wanted.</exception>
    string? Decode(in LabelInput input);
}

/// <summary>What a step gets.</summary>
internal readonly ref struct LabelInput
{
    /// <summary>The input of a chain's first step.</summary>
    public LabelInput(ReadOnlySpan<byte> bytes, KeyField? field = null, ReadOnlySpan<byte> key = default)
    {
        Bytes = bytes;
        Field = field;
        Key = key.IsEmpty ? bytes : key;
    }

    /// <summary>The input of a later step.</summary>
    public LabelInput(string text, in LabelInput before)
    {
        Text = text;
        Field = before.Field;
        Key = before.Key;
    }

    /// <summary>The field's bytes as the kernel holds them; empty once a step has made text of them.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>What the step before this one made; null for the first.</summary>
    public string? Text { get; }

    /// <summary>What BTF says of the field; null where only its place is known.</summary>
    public KeyField? Field { get; }

    /// <summary>The whole key, for steps that need a second field.</summary>
    public ReadOnlySpan<byte> Key { get; }
}
