using System.Buffers;
using System.Text;

namespace EbpfAgent.Decoding;

/// <summary>Makes any decoder's result fit for exposition: valid Unicode of bounded length. Pure.</summary>
internal static class LabelValues
{
    /// <summary>
    /// Replaces lone surrogates by U+FFFD and cuts each value to at most <paramref name="maxBytes"/> of UTF-8, at a code
    /// point's end. Returns the list that was given if nothing had to change, which is nearly always.
    /// </summary>
    public static IReadOnlyList<string> Clean(IReadOnlyList<string> values, int maxBytes)
    {
        string[]? cleaned = null;
        for (var i = 0; i < values.Count; i++)
        {
            var clean = Clean(values[i], maxBytes);
            if (!ReferenceEquals(clean, values[i]))
                (cleaned ??= [.. values])[i] = clean;
        }

        return cleaned ?? values;
    }

    /// <summary>One value; the same instance if it is clean already.</summary>
    public static string Clean(string value, int maxBytes)
    {
        if (value.Length <= maxBytes && Ascii.IsValid(value))
            return value;
        ReadOnlySpan<char> rest = value;
        var bytes = 0;
        while (!rest.IsEmpty)
        {
            var status = Rune.DecodeFromUtf16(rest, out var rune, out var consumed);
            bytes += rune.Utf8SequenceLength;
            if (status != OperationStatus.Done || bytes > maxBytes)
                return Rewrite(value, maxBytes);
            rest = rest[consumed..];
        }

        return value;
    }

    private static string Rewrite(string value, int maxBytes)
    {
        var text = new StringBuilder();
        var bytes = 0;
        foreach (var rune in value.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > maxBytes)
                break;
            text.Append(rune);
        }

        return text.ToString();
    }
}
