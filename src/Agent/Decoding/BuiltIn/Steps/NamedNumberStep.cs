namespace EbpfAgent.Decoding.BuiltIn.Steps;

/// <summary>The name of a number that is one of a set: a signal, a user.</summary>
/// <param name="name">The name, or null where there is none.</param>
/// <param name="asksHost">Whether the set is the host's.</param>
internal sealed class NamedNumberStep(Func<ulong, string?> name, bool asksHost = false) : ILabelStep
{
    public bool AsksHost => asksHost;

    /// <summary>For sets of 32-bit numbers.</summary>
    public static NamedNumberStep Of32Bits(Func<uint, string?> name) => new(number => number <= uint.MaxValue ? name((uint)number) : null, asksHost: true);

    public string Decode(in LabelInput input)
    {
        var number = StepNumber.Read(input, isSigned: false);
        return (number >= 0 ? name((ulong)number) : null) ?? Unknown.Number(number);
    }
}
