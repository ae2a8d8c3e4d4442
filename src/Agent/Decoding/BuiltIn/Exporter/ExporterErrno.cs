using System.Globalization;
using EbpfAgent.Decoding.BuiltIn.Tables;

namespace EbpfAgent.Decoding.BuiltIn.Exporter;

/// <summary><c>errno</c>: a name for 1 to 133; 95 is <c>ENOTSUP</c> there.</summary>
internal sealed class ExporterErrno : ILabelStep
{
    private const ulong NotSupported = 95;
    private const ulong Last = 133;

    public string Decode(in LabelInput input)
    {
        var number = ExporterInput.Unsigned(input);
        if (number == NotSupported)
            return "ENOTSUP";
        return (number <= Last ? ErrorNumbers.Names[number] : null) ?? string.Create(CultureInfo.InvariantCulture, $"unknown:{number}");
    }
}
