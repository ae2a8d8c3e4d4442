using System.Numerics;
using System.Text;
using Jint.Native;
using Jint.Native.Object;
using Jint.Runtime;

namespace EbpfAgent.Decoding.JavaScript;

/// <summary>JavaScript values as text. Never runs the script's code: no toString, no getter.</summary>
internal static class ScriptText
{
    private const int MaxLength = 1024;
    private const int MaxDepth = 4;

    // 2^4096 has 1,234 digits; the time for the text grows with the square of the digits.
    private const int MaxBigIntBits = 4096;

    /// <summary>Values for a person, in one line: strings bare at the top and quoted within objects; at most about 1,000 characters.</summary>
    public static string Line(IEnumerable<JsValue> values)
    {
        var text = new StringBuilder();
        var separator = "";
        foreach (var value in values.TakeWhile(_ => text.Length <= MaxLength))
        {
            text.Append(separator);
            if (value is JsString)
                Append(text, value.ToString());
            else
                Describe(text, value, MaxDepth);
            separator = " ";
        }

        return text.Length <= MaxLength ? text.ToString() : $"{text.ToString(0, MaxLength)}...";
    }

    /// <summary>A label's value, or null where the value is none: only strings, numbers, booleans and BigInts are.</summary>
    public static string? Label(JsValue value) => value switch
    {
        JsString or JsNumber or JsBoolean => value.ToString(),
        JsBigInt when IsShort(value) => value.ToString(),
        _ => null,
    };

    /// <summary>What kind of value it is, in a sentence: "an array", "undefined".</summary>
    public static string Kind(JsValue value) => value switch
    {
        JsArray => "an array",
        JsBigInt => "a BigInt",
        _ => value.Type switch
        {
            Types.Undefined => "undefined",
            Types.Null => "null",
            Types.Boolean => "a boolean",
            Types.String => "a string",
            Types.Number => "a number",
            Types.Symbol => "a symbol",
            _ => value is Jint.Native.Function.Function ? "a function" : "an object",
        },
    };

    private static void Describe(StringBuilder text, JsValue value, int depth)
    {
        switch (value)
        {
            case JsString:
                Append(text.Append('"'), value.ToString());
                text.Append('"');
                break;
            case JsBigInt:
                text.Append(IsShort(value) ? $"{value}n" : "(a huge BigInt)");
                break;
            case ObjectInstance target when value is not Jint.Native.Function.Function && depth > 0:
                DescribeMembers(text, target, depth);
                break;
            case ObjectInstance or JsSymbol:
                text.Append(Kind(value));
                break;
            default:
                text.Append(value);
                break;
        }
    }

    private static void DescribeMembers(StringBuilder text, ObjectInstance target, int depth)
    {
        var isArray = target is JsArray;
        text.Append(isArray ? '[' : '{');
        var separator = "";
        foreach (var key in target.GetOwnPropertyKeys(Types.String))
        {
            if (text.Length > MaxLength)
                break;
            var property = target.GetOwnProperty(key);
            if (!property.Enumerable)
                continue;
            Append(text.Append(separator), isArray ? "" : $"{key}: ");
            Describe(text, property.IsAccessorDescriptor() ? new JsString("(a getter)") : property.Value, depth - 1);
            separator = ", ";
        }

        text.Append(isArray ? ']' : '}');
    }

    private static bool IsShort(JsValue value) => ((BigInteger)value.ToObject()!).GetBitLength() <= MaxBigIntBits;

    // A line stays one line, and a terminal is not told what to do.
    private static void Append(StringBuilder text, string value)
    {
        foreach (var letter in value.AsSpan(0, Math.Min(value.Length, MaxLength)))
        {
            if (char.IsControl(letter))
                text.Append(letter == '\n' ? @"\n" : $@"\x{(int)letter:x2}");
            else
                text.Append(letter);
        }
    }
}
