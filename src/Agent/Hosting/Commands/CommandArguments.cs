using System.Globalization;

namespace EbpfAgent.Hosting.Commands;

/// <summary>The arguments of a command, taken one by one: what is left at the end was not understood.</summary>
internal sealed class CommandArguments(IEnumerable<string> arguments)
{
    private readonly List<string> _left = [.. arguments];

    /// <summary>Whether nothing is left.</summary>
    public bool AreAllTaken => _left.Count == 0;

    /// <summary>Takes an option without a value.</summary>
    public bool TakeFlag(string name) => _left.Remove(name);

    /// <summary>Takes an option's value; null if the option is not there, and what is left of it if it has none.</summary>
    public string? TakeValue(string name)
    {
        int at = _left.IndexOf(name);
        if (at < 0 || at + 1 >= _left.Count) return null;
        string value = _left[at + 1];
        _left.RemoveRange(at, 2);
        return value;
    }

    /// <summary>Takes the first argument that is no option.</summary>
    public string? TakeOperand()
    {
        int at = _left.FindIndex(static argument => !argument.StartsWith('-'));
        if (at < 0) return null;
        string operand = _left[at];
        _left.RemoveAt(at);
        return operand;
    }

    /// <summary>Bytes in hexadecimal, with or without blanks, colons and a 0x in front; null for what is none.</summary>
    public static byte[]? Bytes(string text)
    {
        string digits = string.Concat(text.Where(static c => c is not (' ' or ':' or '_')));
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase)) digits = digits[2..];
        return digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit) ? Convert.FromHexString(digits) : null;
    }

    /// <summary>Seconds above 0, at most a day's; null for what is none.</summary>
    public static TimeSpan? Seconds(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds is > 0 and <= 86_400 ? TimeSpan.FromSeconds(seconds) : null;
}
