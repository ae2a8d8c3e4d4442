using System.Text;

namespace EbpfAgent.Survival;

/// <summary>
/// Plugins' names as names of files and of folders of pins: letters, digits, <c>-</c> and <c>_</c> stay, every other byte of the UTF-8 is
/// written <c>%2E</c>. The BPF file system refuses every name with a dot in it, and plugins are called <c>Acme.Disk</c>.
/// </summary>
internal static class SafeName
{
    /// <summary>The longest result, so that an extension fits into the 255 bytes that Linux gives a name.</summary>
    public const int MaxLength = 240;

    /// <summary>The file's name, which holds neither a dot nor a slash, and from which <see cref="Decode"/> makes the plugin's.</summary>
    /// <exception cref="SurvivalException">The name is too long.</exception>
    public static string Encode(string plugin)
    {
        string name = Escape(plugin);
        return name.Length is > 0 and <= MaxLength
            ? name
            : throw new SurvivalException($"plugin '{plugin}' can't survive the agent: its name takes {name.Length} bytes as a file's, and 1 to {MaxLength} are possible; rename it");
    }

    /// <summary>The plugin's name, or null for what <see cref="Encode"/> hasn't made.</summary>
    public static string? Decode(string name)
    {
        if (name.Length is 0 or > MaxLength) return null;
        string plugin = Uri.UnescapeDataString(name);
        return Escape(plugin) == name ? plugin : null;
    }

    private static string Escape(string plugin)
    {
        var name = new StringBuilder();
        foreach (byte value in Encoding.UTF8.GetBytes(plugin))
        {
            if (char.IsAsciiLetterOrDigit((char)value) || (char)value is '-' or '_') name.Append((char)value);
            else name.Append('%').Append(value.ToString("X2"));
        }

        return name.ToString();
    }
}
