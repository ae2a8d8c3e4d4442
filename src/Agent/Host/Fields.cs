using System.Buffers.Text;

namespace EbpfAgent.Host;

/// <summary>Takes a line of bytes apart. Pure.</summary>
internal static class Fields
{
    /// <summary>What stands before the next separator, which is taken away with it; all that is left where there is none.</summary>
    public static ReadOnlySpan<byte> Cut(scoped ref ReadOnlySpan<byte> rest, byte separator)
    {
        int length = rest.IndexOf(separator);
        ReadOnlySpan<byte> field = length < 0 ? rest : rest[..length];
        rest = length < 0 ? [] : rest[(length + 1)..];
        return field;
    }

    /// <summary>A number in hexadecimal, without a prefix, of at most 16 digits and nothing else.</summary>
    public static bool TryHex(ReadOnlySpan<byte> text, out ulong number) =>
        Utf8Parser.TryParse(text, out number, out int used, 'x') && used == text.Length;
}
