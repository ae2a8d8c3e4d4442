namespace EbpfAgent.Decoding.BuiltIn;

/// <summary>A label as a manifest declares it: a field of the key, and how it becomes text. Immutable.</summary>
/// <param name="Name">The label's name.</param>
internal sealed record LabelSpec(string Name)
{
    /// <summary>The field by its path in the key's BTF (<c>remote.port</c>); null takes the label's own name, unless <see cref="Place"/> says where it is.</summary>
    public string? Field { get; init; }

    /// <summary>Where the field is, for keys that are described by sizes and not by BTF; null goes by <see cref="Field"/>.</summary>
    public FieldPlace? Place { get; init; }

    /// <summary>The chain; empty takes what BTF says of the field.</summary>
    public IReadOnlyList<DecoderSpec> Decoders { get; init; } = [];
}

/// <summary>Bytes of a key.</summary>
internal readonly record struct FieldPlace(int Offset, int Size);
