using System.Text;

namespace EbpfAgent.Series;

/// <summary>
/// A label set as the exposition writes it, without braces: <c>device="sda",operation="read"</c>. Since the escaping can be undone, two label sets are
/// equal exactly if their texts are, so that the text also identifies a series.
/// </summary>
internal static class LabelText
{
    public static string Format(IReadOnlyList<string> names, IReadOnlyList<string> values)
    {
        var text = new StringBuilder();
        for (int i = 0; i < names.Count; i++)
        {
            if (i > 0) text.Append(',');
            text.Append(names[i]).Append("=\"");
            AppendEscaped(text, values[i]);
            text.Append('"');
        }

        return text.ToString();
    }

    private static void AppendEscaped(StringBuilder text, string value)
    {
        if (!value.AsSpan().ContainsAny('\\', '"', '\n'))
        {
            text.Append(value);
            return;
        }

        foreach (char c in value)
        {
            _ = c switch
            {
                '\\' => text.Append(@"\\"),
                '"' => text.Append("\\\""),
                '\n' => text.Append("\\n"),
                _ => text.Append(c),
            };
        }
    }
}
