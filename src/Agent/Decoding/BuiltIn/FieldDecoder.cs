using System.Collections.Immutable;

namespace EbpfAgent.Decoding.BuiltIn;

/// <summary>Decodes a key label by label, each from one field through a chain of steps. Not for concurrent calls.</summary>
internal sealed class FieldDecoder : IKeyDecoder
{
    private readonly ImmutableArray<FieldLabel> _labels;
    private readonly int _keySize;

    private FieldDecoder(ImmutableArray<FieldLabel> labels, ImmutableArray<string> names, int keySize)
    {
        (_labels, _keySize) = (labels, keySize);
        LabelNames = names;
        MayGoStale = labels.Any(static label => label.AsksHost);
    }

    public IReadOnlyList<string> LabelNames { get; }

    public bool MayGoStale { get; }

    /// <summary>Makes a decoder.</summary>
    /// <param name="labels">The labels; null takes every field of the key, as BTF describes it.</param>
    /// <param name="layout">The key as BTF describes it; null where it doesn't: then each label needs a <see cref="LabelSpec.Place"/>.</param>
    /// <param name="keySize">Bytes of a key; a longer one is decoded as well, since the kernel rounds events up.</param>
    /// <param name="bucket">The path of the field that holds a histogram's bucket, which is no label; null where there is none.</param>
    /// <param name="host">The machine.</param>
    /// <exception cref="Lifecycle.PluginException">A field is not there, a label name illegal, a decoder unknown or its arguments wrong.</exception>
    public static FieldDecoder Create(IReadOnlyList<LabelSpec>? labels, KeyLayout? layout, int keySize, string? bucket, IHost host)
    {
        var builder = new FieldLabels(layout, keySize, bucket, host);
        ImmutableArray<FieldLabel> made = labels is null ? builder.FromBtf() : [.. labels.Select(builder.FromSpec)];
        return new FieldDecoder(made, Decoding.LabelNames.Check(made.Select(static label => label.Name), builder.Owner), keySize);
    }

    /// <exception cref="DecodeException">The key is too short, or a step could not read what it was given.</exception>
    public IReadOnlyList<string>? Decode(ReadOnlySpan<byte> key)
    {
        if (key.Length < _keySize)
            throw new DecodeException($"The key has {key.Length} bytes, its type {_keySize}.");
        var values = new string[_labels.Length];
        for (var i = 0; i < values.Length; i++)
        {
            if (_labels[i].Decode(key) is not { } value)
                return null;
            values[i] = value;
        }

        return values;
    }
}
