namespace EbpfAgent.Decoding.BuiltIn.Steps;

/// <summary><c>false</c> for 0, <c>true</c> for any other number.</summary>
internal sealed class BoolStep : ILabelStep
{
    public string Decode(in LabelInput input) => StepNumber.Read(input) == 0 ? "false" : "true";
}
