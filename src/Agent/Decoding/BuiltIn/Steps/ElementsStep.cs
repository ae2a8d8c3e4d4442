using System.Text;

namespace EbpfAgent.Decoding.BuiltIn.Steps;

/// <summary>An array, element by element: with commas between them, and semicolons between arrays of an array.</summary>
internal sealed class ElementsStep(KeyField array, ILabelStep element) : ILabelStep
{
    // Far above the longest label that can be configured, which cuts it anyway: names of an enum may be of any length.
    private const int MaxLength = 65_536;

    private readonly KeyField _element = array.Element!;
    private readonly char _separator = array.Element!.Kind == KeyFieldKind.Array ? ';' : ',';

    public bool AsksHost => element.AsksHost;

    public bool NeedsBytes => true;

    public string? Decode(in LabelInput input)
    {
        var text = new StringBuilder();
        for (var i = 0; i < array.Length && text.Length < MaxLength; i++)
        {
            if (i > 0)
                text.Append(_separator);
            text.Append(element.Decode(new LabelInput(input.Bytes.Slice(i * _element.Size, _element.Size), _element, input.Key)));
        }

        return text.ToString();
    }
}
