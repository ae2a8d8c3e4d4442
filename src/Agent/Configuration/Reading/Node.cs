namespace EbpfAgent.Configuration.Reading;

/// <summary>A value of a JSON or YAML document that knows where it was written. A tree belongs to one load, on one thread.</summary>
internal abstract class Node(JsonPosition position)
{
    /// <summary>Where the value begins.</summary>
    public JsonPosition Position { get; } = position;
}

/// <summary>What was written, before anybody asked for a type.</summary>
internal enum ScalarKind
{
    String,
    Number,
    Boolean,
    Null,

    /// <summary>Text of an environment variable, or a plain scalar of YAML: it takes the type that is asked for.</summary>
    Untyped,
}

/// <summary>A string, number, boolean or null.</summary>
/// <param name="position">Where it begins.</param>
/// <param name="kind">What was written.</param>
/// <param name="text">A string without quotes and escapes; of all others, the text itself.</param>
internal sealed class ScalarNode(JsonPosition position, ScalarKind kind, string text) : Node(position)
{
    public ScalarKind Kind { get; } = kind;

    public string Text { get; } = text;
}

/// <summary>A JSON array.</summary>
internal sealed class ListNode(JsonPosition position) : Node(position)
{
    public List<Node> Items { get; } = [];
}

/// <summary>A key and its value.</summary>
/// <param name="Name">The key as written.</param>
/// <param name="Position">Where the key begins.</param>
/// <param name="Value">The value.</param>
internal sealed record Member(string Name, JsonPosition Position, Node Value)
{
    /// <summary>Whether the key is this setting's. A file's keys are compared exactly; a variable's name has no case.</summary>
    public bool Is(string key) =>
        string.Equals(Name, key, Position.IsEnvironment ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
}

/// <summary>A JSON object, in the order of its keys; or what environment variables put where the file had nothing.</summary>
internal sealed class ObjectNode(JsonPosition position) : Node(position)
{
    public List<Member> Members { get; } = [];
}
