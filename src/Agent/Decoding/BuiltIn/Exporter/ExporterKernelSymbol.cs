using System.Globalization;

namespace EbpfAgent.Decoding.BuiltIn.Exporter;

/// <summary><c>ksym</c>: the symbol that begins at an address; one within it is unknown there.</summary>
internal sealed class ExporterKernelSymbol(IHost host) : ILabelStep
{
    public bool AsksHost => true;

    public string Decode(in LabelInput input)
    {
        var address = ExporterInput.First64(input);
        return FirstOf(host, address) ?? string.Create(CultureInfo.InvariantCulture, $"unknown_addr:0x{address:x}");
    }

    /// <summary>The host names the symbol that an address lies in: it begins here if the address before this one lies in another.</summary>
    public static string? FirstOf(IHost host, ulong address) =>
        host.KernelSymbol(address) is { } name && (address == 0 || host.KernelSymbol(address - 1) != name) ? name : null;
}
