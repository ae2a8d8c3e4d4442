using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EbpfAgent.Configuration.Reading;

/// <summary>Shows what a user wrote, on one line and never at full length.</summary>
internal static class Quoted
{
    /// <summary>Longer text is cut, in UTF-16 units.</summary>
    public const int MaxLength = 60;

    /// <summary>The text in quotes, with control characters escaped.</summary>
    public static string Text(string text)
    {
        string shown = text.Length <= MaxLength ? text : text[..CutAt(text)] + "...";
        // By way of bytes: half a character from the environment becomes U+FFFD, where the encoder would throw.
        return $"\"{JsonEncodedText.Encode(Encoding.UTF8.GetBytes(shown), JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
    }

    /// <summary>The value in words, to follow "found".</summary>
    public static string Value(Node node) => node switch
    {
        ScalarNode { Kind: ScalarKind.Null } => "null (leave the key out to take the default)",
        ScalarNode { Kind: ScalarKind.String or ScalarKind.Untyped } scalar => Text(scalar.Text),
        ScalarNode scalar => scalar.Text.Length <= MaxLength ? scalar.Text : scalar.Text[..MaxLength] + "...",
        ListNode { Items.Count: 0 } => "an empty list",
        ListNode => "a list",
        _ => "an object",
    };

    // Not in the middle of a surrogate pair.
    private static int CutAt(string text) => char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength;
}
