using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace EbpfAgent.Configuration.Reading;

/// <summary>Whether a file is UTF-8, which all configuration is.</summary>
internal static class Utf8Check
{
    /// <summary>The text without the byte order mark that some editors put before it.</summary>
    public static byte[] WithoutByteOrderMark(byte[] utf8) =>
        utf8.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? utf8[Encoding.UTF8.Preamble.Length..] : utf8;

    /// <summary>Refuses text in another encoding, at its first byte that no UTF-8 has.</summary>
    /// <exception cref="ConfigurationException">The text is not UTF-8.</exception>
    public static void Require(byte[] utf8, TextCursor cursor, ErrorList errors)
    {
        if (Utf8.IsValid(utf8))
            return;
        int valid = 0;
        while (Rune.DecodeFromUtf8(utf8.AsSpan(valid), out _, out int length) == OperationStatus.Done)
            valid += length;
        throw errors.Fatal(cursor.At(valid), "", $"not UTF-8: byte 0x{utf8[valid]:x2}; save the file as UTF-8");
    }
}
