namespace EbpfAgent.Decoding.BuiltIn.Steps;

/// <summary>A hardware address of six bytes: <c>52:54:00:12:34:56</c>.</summary>
internal sealed class MacStep : ILabelStep
{
    private const int Length = 6;

    public bool NeedsBytes => true;

    public string Decode(in LabelInput input)
    {
        if (input.Bytes.Length != Length)
            throw new DecodeException($"{input.Bytes.Length} bytes are no hardware address; {Length} are");
        var hex = Convert.ToHexStringLower(input.Bytes);
        return string.Join(':', Enumerable.Range(0, Length).Select(i => hex.Substring(2 * i, 2)));
    }
}
