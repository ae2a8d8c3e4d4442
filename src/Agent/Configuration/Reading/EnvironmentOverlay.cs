using System.Globalization;
using System.Text.RegularExpressions;

namespace EbpfAgent.Configuration.Reading;

/// <summary>
/// Puts environment variables over a document, in .NET's usual way: the prefix <c>EBPF_AGENT_</c>, <c>__</c> between levels, no regard to
/// case, and list items by index. The binder then checks names and values as if they stood in the file.
/// </summary>
internal static partial class EnvironmentOverlay
{
    public const string Prefix = "EBPF_AGENT_";

    private const string Separator = "__";

    /// <summary>
    /// Replaces and adds what the variables say. Variables that contradict each other or the document's shape are errors.
    /// </summary>
    public static void Apply(ObjectNode root, IEnumerable<KeyValuePair<string, string?>> environment, ErrorList errors)
    {
        // A parent before its children, and 9 before 10.
        var ours = environment
            .Where(v => v.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && !IsFromKubernetes(v.Key, v.Value ?? ""))
            .OrderBy(v => v.Key.Length).ThenBy(v => v.Key, StringComparer.Ordinal);
        foreach (var (variable, value) in ours)
            Set(root, variable, value ?? "", errors);
    }

    private static void Set(ObjectNode root, string variable, string value, ErrorList errors)
    {
        var leaf = new ScalarNode(JsonPosition.OfEnvironment(variable), ScalarKind.Untyped, value);
        string[] keys = variable[Prefix.Length..].Split(Separator);
        if (keys.Contains("") || keys.Length > PositionedJson.MaxDepth)
        {
            errors.Add(leaf.Position, "", $"names no setting; write {Prefix}LISTEN, or {Prefix}PLUGINS__NAME__ENABLED for a level below");
            return;
        }
        Node container = root;
        string path = "";
        for (int i = 0; i < keys.Length; i++)
        {
            path = SettingPath.Member(path, keys[i]);
            Node? fill = i == keys.Length - 1 ? leaf : null;
            string? problem = container switch
            {
                ObjectNode node => Descend(node, keys[i], fill, leaf.Position, out container),
                ListNode node => Descend(node, keys[i], fill, leaf.Position, out container),
                _ => $"there can be nothing below {Quoted.Value(container)} ({container.Position})",
            };
            if (problem is null)
                continue;
            errors.Add(leaf.Position, path, problem);
            return;
        }
    }

    private static string? Descend(ObjectNode node, string key, Node? fill, JsonPosition position, out Node child)
    {
        int index = node.Members.FindIndex(m => string.Equals(m.Name, key, StringComparison.OrdinalIgnoreCase));
        child = fill ?? (index < 0 ? new ObjectNode(position) : node.Members[index].Value);
        if (index < 0)
        {
            node.Members.Add(new Member(key, position, child));
            return null;
        }
        var old = node.Members[index];
        if (fill is not null && old.Value.Position.IsEnvironment)
            return SetTwice(old.Value);
        // The key stays the file's: a key that is misspelt there is not made right by a variable.
        node.Members[index] = old with { Value = child };
        return null;
    }

    private static string? Descend(ListNode node, string key, Node? fill, JsonPosition position, out Node child)
    {
        child = node;
        // "00" would be a second name for 0.
        bool isIndex = int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && key == $"{index}";
        if (!isIndex || index > node.Items.Count)
            return ListItems.NotTheNext(key, node.Items.Count);
        if (fill is not null && index < node.Items.Count && node.Items[index].Position.IsEnvironment)
            return SetTwice(node.Items[index]);
        if (index == node.Items.Count)
            node.Items.Add(fill ?? new ObjectNode(position));
        else if (fill is not null)
            node.Items[index] = fill;
        child = node.Items[index];
        return null;
    }

    private static string SetTwice(Node other) => $"set twice, also by {other.Position}; unset one";

    // For a Service named "ebpf-agent" or "ebpf-agent-x", Kubernetes gives EBPF_AGENT_PORT=tcp://10.0.0.1:8435 and its like to every
    // pod of the name space. Nobody wrote them for the agent, and they must not keep it from starting.
    private static bool IsFromKubernetes(string variable, string value) => ServiceVariable().IsMatch($"{variable}={value}");

    [GeneratedRegex(
        @"\AEBPF_AGENT_(?![^=]*__)([A-Z0-9_]+_)?"
        + @"(SERVICE_HOST=|SERVICE_PORT(_[A-Z0-9_]+)?=|PORT=[a-z]+://|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?=)",
        RegexOptions.CultureInvariant)]
    private static partial Regex ServiceVariable();
}
