using System.Globalization;

namespace EbpfAgent.Decoding.BuiltIn;

/// <summary>What a decoder gives that knows the kind of thing, but not this one: <c>unknown:</c> and the number as a person would write it.</summary>
internal static class Unknown
{
    private const string Prefix = "unknown:";

    public static string Number(Int128 number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number}");

    public static string Address(ulong address) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}0x{address:x}");

    public static string Text(string text) => Prefix + text;

    /// <summary>Whether a decoder before this one knew no more.</summary>
    public static bool Is(string text) => text.StartsWith(Prefix, StringComparison.Ordinal);
}
