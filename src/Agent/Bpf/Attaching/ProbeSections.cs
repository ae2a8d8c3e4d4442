using System.Globalization;
using System.Text.RegularExpressions;
using EbpfAgent.Abstractions;

namespace EbpfAgent.Bpf.Attaching;

/// <summary>Reads the names of sections that name a place in a user-space binary, in libbpf's form. Pure.</summary>
internal static partial class ProbeSections
{
    /// <summary>Reads <c>uprobe/BINARY:FUNCTION</c>, with <c>+OFFSET</c> if it is none of a return; null if it is something else.</summary>
    public static UprobeAttachment? Uprobe(string section)
    {
        if (UprobePattern().Match(section) is not { Success: true } match || Offset(match.Groups["offset"].Value) is not { } offset) return null;
        bool isReturn = match.Groups["kind"].Value == "uretprobe";
        return isReturn && offset != 0
            ? null
            : new UprobeAttachment { Binary = match.Groups["binary"].Value, Symbol = match.Groups["function"].Value, Offset = offset, IsReturn = isReturn };
    }

    /// <summary>Reads <c>usdt/BINARY:PROVIDER:NAME</c>; null if it is something else.</summary>
    public static UsdtAttachment? Usdt(string section) => UsdtPattern().Match(section) is { Success: true } match
        ? new UsdtAttachment { Binary = match.Groups["binary"].Value, Provider = match.Groups["provider"].Value, Name = match.Groups["name"].Value }
        : null;

    private static ulong? Offset(string text)
    {
        if (text.Length == 0) return 0;
        bool isHexadecimal = text.StartsWith("0x", StringComparison.Ordinal);
        return ulong.TryParse(isHexadecimal ? text[2..] : text, isHexadecimal ? NumberStyles.HexNumber : NumberStyles.None, CultureInfo.InvariantCulture, out ulong offset) ? offset : null;
    }

    [GeneratedRegex(@"^(?<kind>uprobe|uretprobe)(\.s)?/(?<binary>[^:]+):(?<function>[a-zA-Z0-9_.@]+)(\+(?<offset>0x[0-9a-fA-F]+|[0-9]+))?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex UprobePattern();

    [GeneratedRegex("^usdt/(?<binary>[^:]+):(?<provider>[^:]+):(?<name>[^:]+)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex UsdtPattern();
}
