namespace EbpfAgent.Configuration.Reading;

/// <summary>
/// How much a manifest may hold of what costs far more than its text: a metric has tables, a regular expression a matcher of some hundred kilobytes that takes a millisecond to make. Looked at
/// before any of it is made, since a file of 1 MiB has room for tens of thousands.
/// </summary>
internal static class ManifestBounds
{
    /// <summary>The most regular expressions of a whole manifest.</summary>
    public const int MaxPatterns = 1000;

    private const int MaxEntries = 1000;
    private const int MaxLabels = 100;
    private const int MaxSteps = 32;

    // plugin.json's words, and those of ebpf_exporter.
    private static readonly Dictionary<string, int> Most = new(StringComparer.Ordinal)
    {
        ["metrics"] = MaxEntries,
        ["counters"] = MaxEntries,
        ["histograms"] = MaxEntries,
        ["programs"] = MaxEntries,
        ["settings"] = MaxEntries,
        ["kernelAddresses"] = MaxEntries,
        ["kaddrs"] = MaxEntries,
        ["cgroupIds"] = MaxEntries,
        ["labels"] = MaxLabels,
        ["decode"] = MaxSteps,
        ["decoders"] = MaxSteps,
    };

    private static readonly string[] PatternLists = ["regexp", "regexps", "patterns"];

    /// <exception cref="ConfigurationException">There is too much of something; it holds the errors so far as well.</exception>
    public static void Demand(Node root, ErrorList errors)
    {
        int patterns = 0;
        Walk(root, "", errors, ref patterns);
    }

    private static void Walk(Node node, string path, ErrorList errors, ref int patterns)
    {
        switch (node)
        {
            case ObjectNode named:
                foreach (Member member in named.Members) Walk(member, SettingPath.Member(path, member.Name), errors, ref patterns);
                break;
            case ListNode list:
                foreach ((int index, Node item) in list.Items.Index()) Walk(item, SettingPath.Item(path, index), errors, ref patterns);
                break;
        }
    }

    private static void Walk(Member member, string path, ErrorList errors, ref int patterns)
    {
        int count = member.Value switch { ListNode list => list.Items.Count, ObjectNode named => named.Members.Count, _ => 1 };
        if (Most.TryGetValue(member.Name, out int most) && count > most) throw errors.Fatal(member.Position, path, $"{count} entries; expected at most {most}");
        if (PatternLists.Contains(member.Name) && (patterns += count) > MaxPatterns)
            throw errors.Fatal(member.Position, path, $"the file has more than {MaxPatterns} regular expressions up to here; join some with \"|\"");
        Walk(member.Value, path, errors, ref patterns);
    }
}
