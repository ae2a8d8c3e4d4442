using System.Collections.Immutable;

namespace EbpfAgent.Decoding.BuiltIn.Steps;

/// <summary>A struct within an array, where a label can't hold a field of its own for each member: the members with colons between them.</summary>
/// <param name="start">Where the struct begins, counted as its members' offsets are.</param>
/// <param name="members">The members, and how each becomes text.</param>
internal sealed class MembersStep(int start, ImmutableArray<(KeyField Field, ILabelStep Step)> members) : ILabelStep
{
    public bool AsksHost => members.Any(static member => member.Step.AsksHost);

    public bool NeedsBytes => true;

    public string Decode(in LabelInput input)
    {
        var texts = new string?[members.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            var (field, step) = members[i];
            texts[i] = step.Decode(new LabelInput(input.Bytes.Slice(field.Offset - start, field.Size), field, input.Key));
        }

        return string.Join(':', texts);
    }
}
