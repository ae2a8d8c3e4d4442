using System.Text.RegularExpressions;

namespace EbpfAgent.Decoding.BuiltIn;

/// <summary>
/// The typedefs of <c>ebpf_agent/types.bpf.h</c>: <c>agent_NAME_t</c> is a field for the decoder NAME, and so is <c>agent_NAME_u16_t</c>, for widths that the header does not
/// have. Where C says more than the decoder's name, or in a program's words, the table has it.
/// </summary>
internal static partial class FieldTypes
{
    private static readonly Dictionary<string, DecoderSpec> Aliases = new(StringComparer.Ordinal)
    {
        ["dev"] = new("majorminor"),
        ["ipv4"] = new("ip"),
        ["ipv4_host"] = InHostOrder("ip"),
        ["ipv6"] = new("ip"),
        ["port_host"] = InHostOrder("port"),
        ["ifindex"] = new("ifname"),
        ["comm_of_pid"] = new("comm"),
    };

    // These have as many elements as the author gives them: their typedef is that of one.
    private static readonly string[] WholeArrays = ["dname", "kstack", "string", "ustack"];

    /// <summary>The decoder that a field's type asks for, or null.</summary>
    public static DecoderSpec? DecoderOf(KeyField field) => NameOf(field) is { } name ? Spec(name) : null;

    /// <summary>The NAME of a field's type, or null: <c>errno</c>. Of several typedefs, the outermost that names a decoder; of an array of frames, its element's.</summary>
    public static string? NameOf(KeyField field)
    {
        foreach (var typedef in field.Typedefs)
        {
            if (Pattern().Match(typedef) is { Success: true } match && Spec(match.Groups[1].Value) is not null)
                return match.Groups[1].Value;
        }

        return field is { Kind: KeyFieldKind.Array, Element: { } element } && NameOf(element) is { } name && WholeArrays.Contains(name) ? name : null;
    }

    private static DecoderSpec? Spec(string name) =>
        Aliases.TryGetValue(name, out var alias) ? alias : LabelDecoders.NeedsNothing(name) ? new DecoderSpec(name) : null;

    private static DecoderSpec InHostOrder(string name) => new(name) { Options = new Dictionary<string, string> { ["order"] = "host" } };

    [GeneratedRegex(@"\Aagent_([a-z][a-z0-9_]*?)(?:_[us](?:8|16|32|64))?_t\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Pattern();
}
