namespace EbpfAgent.Decoding.BuiltIn.Steps;

/// <summary>The kernel function that an address lies in.</summary>
internal sealed class KernelSymbolStep(IHost host) : ILabelStep
{
    public bool AsksHost => true;

    public string Decode(in LabelInput input)
    {
        var number = StepNumber.Read(input, isSigned: false);
        return number < 0 ? Unknown.Number(number) : host.KernelSymbol((ulong)number) ?? Unknown.Address((ulong)number);
    }
}
