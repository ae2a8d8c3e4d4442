namespace EbpfAgent.Decoding.BuiltIn;

/// <summary>Decodes a key label by label, each from one field through a chain of steps.</summary>
internal sealed class FieldDecoder : IKeyDecoder
{
    private FieldDecoder(IReadOnlyList<string> names) => LabelNames = names;

    public IReadOnlyList<string> LabelNames { get; }

    /// <summary>Makes a decoder.</summary>
    /// <param name="labels">The labels; null takes every field of the key, as BTF describes it.</param>
    /// <param name="layout">The key as BTF describes it; null where it doesn't: then each label needs a <see cref="LabelSpec.Place"/>.</param>
    /// <param name="keySize">Bytes of a key.</param>
    /// <param name="bucket">The path of the field that holds a histogram's bucket, which is no label; null where there is none.</param>
    /// <param name="host">The machine.</param>
    /// <exception cref="Lifecycle.PluginException">A field is not there, a label name illegal, a decoder unknown or its arguments wrong.</exception>
    public static FieldDecoder Create(IReadOnlyList<LabelSpec>? labels, KeyLayout? layout, int keySize, string? bucket, IHost host) =>
        throw new NotImplementedException($"{labels}{layout}{keySize}{bucket}{host}");

    public IReadOnlyList<string>? Decode(ReadOnlySpan<byte> key) => throw new NotImplementedException();
}
