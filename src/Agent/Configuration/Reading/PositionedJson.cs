using System.Text;
using System.Text.Json;

namespace EbpfAgent.Configuration.Reading;

/// <summary>
/// Reads JSON into a tree whose nodes know their line and column. Comments, trailing commas and a byte order mark are allowed; a key
/// that occurs twice in an object is refused, since what would be silently ignored is what somebody wrote.
/// </summary>
internal sealed class PositionedJson
{
    /// <summary>The deepest nesting; no setting needs more than five levels.</summary>
    public const int MaxDepth = 32;

    private static readonly JsonReaderOptions Options = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        MaxDepth = MaxDepth,
    };

    private readonly TextCursor _cursor;
    private readonly ErrorList _errors;

    private PositionedJson(byte[] utf8, string file, ErrorList errors)
    {
        _cursor = new TextCursor(utf8, file);
        _errors = errors;
    }

    /// <summary>Reads one document. Duplicate keys are added to the errors; the first of them counts.</summary>
    /// <exception cref="ConfigurationException">The text is not JSON; it holds the errors so far as well.</exception>
    public static Node Parse(byte[] utf8, string file, ErrorList errors)
    {
        byte[] text = Utf8Check.WithoutByteOrderMark(utf8);
        return new PositionedJson(text, file, errors).ReadDocument(text);
    }

    private Node ReadDocument(byte[] utf8)
    {
        Utf8Check.Require(utf8, _cursor, _errors);
        if (utf8.AsSpan().TrimStart(" \t\r\n"u8).IsEmpty)
            throw _errors.Fatal(_cursor.At(0), "", "the file is empty; expected an object: { }");
        var reader = new Utf8JsonReader(utf8, Options);
        try
        {
            reader.Read();
            var root = ReadNode(ref reader, "");
            // What follows the document's one value is an error of its own.
            reader.Read();
            return root;
        }
        catch (JsonException e)
        {
            var position = _cursor.At(e.LineNumber ?? 0, e.BytePositionInLine ?? 0);
            throw _errors.Fatal(position, "", $"not valid JSON: {WithoutPosition(e.Message)}", e);
        }
    }

    private Node ReadNode(ref Utf8JsonReader reader, string path)
    {
        var position = _cursor.At(reader.TokenStartIndex);
        return reader.TokenType switch
        {
            JsonTokenType.StartObject => ReadObject(ref reader, position, path),
            JsonTokenType.StartArray => ReadList(ref reader, position, path),
            JsonTokenType.String => new ScalarNode(position, ScalarKind.String, ReadText(ref reader, position, path)),
            JsonTokenType.Number => new ScalarNode(position, ScalarKind.Number, Encoding.UTF8.GetString(reader.ValueSpan)),
            JsonTokenType.True => new ScalarNode(position, ScalarKind.Boolean, "true"),
            JsonTokenType.False => new ScalarNode(position, ScalarKind.Boolean, "false"),
            _ => new ScalarNode(position, ScalarKind.Null, "null"),
        };
    }

    private ObjectNode ReadObject(ref Utf8JsonReader reader, JsonPosition position, string path)
    {
        var node = new ObjectNode(position);
        var seen = new Dictionary<string, JsonPosition>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var keyPosition = _cursor.At(reader.TokenStartIndex);
            string name = ReadText(ref reader, keyPosition, path);
            string memberPath = SettingPath.Member(path, name);
            reader.Read();
            var member = new Member(name, keyPosition, ReadNode(ref reader, memberPath));
            if (seen.TryAdd(name, keyPosition))
                node.Members.Add(member);
            else
                _errors.Add(keyPosition, memberPath, $"the key is there twice, first in line {seen[name].Line}; remove one");
        }
        return node;
    }

    private ListNode ReadList(ref Utf8JsonReader reader, JsonPosition position, string path)
    {
        var node = new ListNode(position);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            node.Items.Add(ReadNode(ref reader, SettingPath.Item(path, node.Items.Count)));
        return node;
    }

    private string ReadText(ref Utf8JsonReader reader, JsonPosition position, string path)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw _errors.Fatal(position, path, "an escape such as \\ud83d is half a character; write the other half after it", e);
        }
    }

    // The library's messages end in a position of their own (from 0, and in bytes), and one of them speaks of its parameters.
    private static string WithoutPosition(string message)
    {
        int end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (end < 0 ? message : message[..end]).Replace(", when isFinalBlock is true", "", StringComparison.Ordinal);
    }
}
