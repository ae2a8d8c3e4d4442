namespace EbpfAgent.Decoding.BuiltIn.Steps;

/// <summary>A control group's path, and what <paramref name="part"/> finds in it. A path is taken from an earlier step, or looked up by the group's id.</summary>
/// <param name="host">The machine.</param>
/// <param name="part">What of the path becomes the label; empty where it has no such part.</param>
internal sealed class CgroupStep(IHost host, Func<string, string> part) : ILabelStep
{
    public bool AsksHost => true;

    public string Decode(in LabelInput input)
    {
        if (input.Text is { } text && (text.StartsWith('/') || Unknown.Is(text)))
            return text[0] == '/' ? part(text) : text;
        var number = StepNumber.Read(input, isSigned: false);
        return (number < 0 ? null : host.CgroupPath((ulong)number)) is { } path ? part(path) : Unknown.Number(number);
    }
}
