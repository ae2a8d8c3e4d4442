using System.Text;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace EbpfAgent.Configuration.Reading;

/// <summary>
/// Reads YAML into the tree that JSON is read into. Anchors, aliases and merge keys (<c>&lt;&lt;</c>) are followed; tags, a second document and a key that occurs twice are refused. A plain
/// scalar takes the type that is asked for, a quoted one is text.
/// </summary>
internal sealed partial class PositionedYaml
{
    private const string MergeKey = "<<";

    private readonly string _text;
    private readonly Scanner _scanner;
    private readonly Parser _parser;
    private readonly YamlCursor _cursor;
    private readonly ErrorList _errors;
    private readonly YamlBounds _bounds = new();
    private readonly Dictionary<string, (Node Node, YamlBounds.Extent Extent)> _anchors = new(StringComparer.Ordinal);

    private PositionedYaml(string text, string file, ErrorList errors)
    {
        _text = text;
        _scanner = new Scanner(new StringReader(text), skipComments: true);
        _parser = new Parser(_scanner);
        _cursor = new YamlCursor(text, file);
        _errors = errors;
    }

    /// <summary>Reads one document. Duplicate keys and tags are added to the errors; the first of two keys counts.</summary>
    /// <exception cref="ConfigurationException">The text is not YAML, or beyond the bounds; it holds the errors so far as well.</exception>
    public static Node Parse(byte[] utf8, string file, ErrorList errors)
    {
        byte[] bytes = Utf8Check.WithoutByteOrderMark(utf8);
        Utf8Check.Require(bytes, new TextCursor(bytes, file), errors);
        return new PositionedYaml(Encoding.UTF8.GetString(bytes), file, errors).ReadDocument();
    }

    private Node ReadDocument()
    {
        try
        {
            Next();
            if (Next() is StreamEnd || Next() is DocumentEnd or Scalar { Value: "", Style: ScalarStyle.Plain })
                throw _errors.Fatal(_cursor.At(0), "", "the file is empty; expected an object");
            var root = ReadNode("");
            Next();
            if (Next() is DocumentStart second)
                throw _errors.Fatal(_cursor.At(second.Start.Index), "", "a second document begins here; a file holds one");
            return root;
        }
        catch (YamlException e)
        {
            throw _errors.Fatal(_cursor.At(PlaceOf(e)), "", $"not valid YAML: {OnOneLine(e.Message)}", e);
        }
    }

    /// <exception cref="ConfigurationException">The library fails in a way of its own, as it does for some texts that are no YAML.</exception>
    private ParsingEvent Next()
    {
        try
        {
            _parser.MoveNext();
            return _parser.Current!;
        }
        catch (Exception e) when (e is not (YamlException or OutOfMemoryException))
        {
            throw _errors.Fatal(_cursor.At(_scanner.CurrentPosition.Index), "", "not valid YAML: it can't be read from here on; indent what stands within brackets or quotes", e);
        }
    }

    /// <summary>Reads the value that the current event begins; its last event is the current one then.</summary>
    private Node ReadNode(string path)
    {
        var begin = _parser.Current!;
        var position = _cursor.At(begin.Start.Index);
        if (begin is AnchorAlias alias)
            return Follow(alias, position, path);
        if (begin is not NodeEvent head)
            throw _errors.Fatal(position, path, "not valid YAML: a value is missing");
        var start = _bounds.Enter();
        RefuseExcess(position, path);
        RefuseTag(head, position, path);
        Node node = begin switch
        {
            MappingStart => ReadObject(position, path),
            SequenceStart => ReadList(position, path),
            _ => ReadScalar((Scalar)begin, position),
        };
        var extent = _bounds.Leave(start);
        if (head.Anchor is { IsEmpty: false } anchor)
            _anchors[anchor.Value] = (node, extent);
        return node;
    }

    private Node Follow(AnchorAlias alias, JsonPosition position, string path)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out var anchored))
            throw _errors.Fatal(position, path, $"there is no anchor {Quoted.Text("&" + alias.Value.Value)} that ends before this alias");
        _bounds.Repeat(anchored.Extent);
        RefuseExcess(position, path);
        return anchored.Node;
    }

    private ObjectNode ReadObject(JsonPosition position, string path)
    {
        var node = new ObjectNode(position);
        var seen = new Dictionary<string, JsonPosition>(StringComparer.Ordinal);
        var merged = new List<Member>();
        while (Next() is not MappingEnd)
        {
            var key = ReadKey(path, out bool isMerge);
            string memberPath = SettingPath.Member(path, key.Text);
            Next();
            var value = ReadNode(memberPath);
            if (isMerge)
                merged.AddRange(Merged(value, memberPath));
            else if (seen.TryAdd(key.Text, key.Position))
                node.Members.Add(new Member(key.Text, key.Position, value));
            else
                _errors.Add(key.Position, memberPath, $"the key is there twice, first in line {seen[key.Text].Line}; remove one");
        }
        // What an object says itself stands before what is merged into it, and what is merged first before the rest.
        node.Members.AddRange(merged.Where(member => seen.TryAdd(member.Name, member.Position)));
        return node;
    }

    private ScalarNode ReadKey(string path, out bool isMerge)
    {
        isMerge = _parser.Current is Scalar { Style: ScalarStyle.Plain, Value: MergeKey };
        var position = _cursor.At(_parser.Current!.Start.Index);
        return ReadNode(path) as ScalarNode ?? throw _errors.Fatal(position, path, "a list or an object is no key; expected a word");
    }

    private List<Member> Merged(Node value, string path)
    {
        var members = new List<Member>();
        foreach (var source in value is ListNode list ? list.Items : [value])
        {
            if (source is ObjectNode merged)
                members.AddRange(merged.Members);
            else
                _errors.Add(source.Position, path, $"expected an object to merge, or a list of them; found {Quoted.Value(source)}");
        }
        return members;
    }

    private ListNode ReadList(JsonPosition position, string path)
    {
        var node = new ListNode(position);
        while (Next() is not SequenceEnd)
            node.Items.Add(ReadNode(SettingPath.Item(path, node.Items.Count)));
        return node;
    }

    private static ScalarNode ReadScalar(Scalar scalar, JsonPosition position)
    {
        var kind = scalar.Style != ScalarStyle.Plain ? ScalarKind.String : IsNull(scalar.Value) ? ScalarKind.Null : ScalarKind.Untyped;
        return new ScalarNode(position, kind, scalar.Value);
    }

    private void RefuseExcess(JsonPosition position, string path)
    {
        if (_bounds.Excess is { } excess)
            throw _errors.Fatal(position, path, excess);
    }

    private void RefuseTag(NodeEvent node, JsonPosition position, string path)
    {
        if (!node.Tag.IsEmpty)
            _errors.Add(position, path, $"the tag {Quoted.Text(node.Tag.IsNonSpecific ? "!" : node.Tag.Value)} is not read; write the value without it");
    }

    // The library marks the object that a tab should have indented, which can be many lines above the tab.
    private long PlaceOf(YamlException e)
    {
        if (!e.Message.Contains("tab as indentation", StringComparison.Ordinal))
            return e.Start.Index;
        var tab = TabInIndentation().Match(_text, (int)Math.Min(e.Start.Index, _text.Length));
        return tab.Success ? tab.Index + tab.Length - 1 : e.Start.Index;
    }

    private static bool IsNull(string text) => text is "" or "~" or "null" or "Null" or "NULL";

    private static string OnOneLine(string message) => message.ReplaceLineEndings(" ");

    [GeneratedRegex(@"\n *\t", RegexOptions.CultureInvariant)]
    private static partial Regex TabInIndentation();
}
