using System.Globalization;

namespace EbpfAgent.Configuration.Reading;

/// <summary>The items of a list: a JSON array, or an object that environment variables made with the keys 0, 1, 2 and so on.</summary>
internal static class ListItems
{
    /// <summary>The items; none, and an error, for what isn't a list or is empty: no list may be.</summary>
    public static IReadOnlyList<Node> Of(Node node, string path, ErrorList errors)
    {
        switch (node)
        {
            case ListNode { Items.Count: > 0 } list:
                return list.Items;
            case ObjectNode { Position.IsEnvironment: true } numbered:
                return Numbered(numbered, path, errors);
            default:
                errors.Add(node.Position, path, $"expected a list of at least one item; found {Quoted.Value(node)}{HowTo(node)}");
                return [];
        }
    }

    /// <summary>The error for an index that is none or leaves a gap.</summary>
    public static string NotTheNext(string index, int next) => $"expected the index of an item, at most {next}; found {Quoted.Text(index)}";

    private static List<Node> Numbered(ObjectNode node, string path, ErrorList errors)
    {
        var items = new List<Node>();
        foreach (var member in node.Members.OrderBy(m => m.Name.Length).ThenBy(m => m.Name, StringComparer.Ordinal))
        {
            if (member.Name == items.Count.ToString(CultureInfo.InvariantCulture))
                items.Add(member.Value);
            else
                errors.Add(member.Position, path, NotTheNext(member.Name, items.Count));
        }
        return items;
    }

    private static string HowTo(Node node) => node.Position.IsEnvironment ? " (a variable for each item: NAME__0, NAME__1)" : "";
}
