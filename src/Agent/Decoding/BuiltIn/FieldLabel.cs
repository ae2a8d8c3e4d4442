using System.Collections.Immutable;

namespace EbpfAgent.Decoding.BuiltIn;

/// <summary>A label: where its field lies, and the chain that makes it text.</summary>
/// <param name="Name">The label's name.</param>
/// <param name="Place">The field's bytes in the key.</param>
/// <param name="Field">What BTF says of it; null where only its place is known.</param>
/// <param name="Steps">The chain, at least one step.</param>
internal sealed record FieldLabel(string Name, FieldPlace Place, KeyField? Field, ImmutableArray<ILabelStep> Steps)
{
    public bool AsksHost => Steps.Any(static step => step.AsksHost);

    /// <summary>The value, or null to leave the key out.</summary>
    /// <exception cref="DecodeException">A step could not read what it was given; the message names the label.</exception>
    public string? Decode(ReadOnlySpan<byte> key)
    {
        try
        {
            var input = new LabelInput(key.Slice(Place.Offset, Place.Size), Field, key);
            var text = Steps[0].Decode(input);
            for (var i = 1; i < Steps.Length && text is not null; i++)
                text = Steps[i].Decode(new LabelInput(text, input));
            return text;
        }
        catch (DecodeException exception)
        {
            throw new DecodeException($"The label '{Name}': {exception.Message}.", exception);
        }
    }
}
