using System.Text.Json;
using Jint;
using Jint.Native;
using Jint.Runtime.Descriptors;

namespace EbpfAgent.Decoding.JavaScript;

/// <summary>
/// Makes JavaScript values of imported JSON, as <c>JSON.parse</c> does, within limits: the engine's own parser looks at none while it reads, and takes a value
/// of any depth. One reads all the JSON of a script, which has one limit.
/// </summary>
internal sealed class ScriptJson
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = ScriptLimits.JsonDepth };

    private int _values;

    /// <exception cref="ScriptException">The text is no JSON, or too large.</exception>
    public JsValue Read(Engine engine, string path, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Options);
            return Value(engine, document.RootElement);
        }
        catch (JsonException exception)
        {
            throw new ScriptException($"{path}:{exception.LineNumber + 1}: no JSON, or nested more than {ScriptLimits.JsonDepth} deep: {Reason(exception)}", exception);
        }
        catch (InvalidDataException exception)
        {
            throw new ScriptException($"{path}: {exception.Message}", exception);
        }
        catch (InvalidOperationException exception)
        {
            // Half of a surrogate pair, as an escape.
            throw new ScriptException($"{path}: a text in it is no Unicode. {exception.Message}", exception);
        }
    }

    private JsValue Value(Engine engine, JsonElement element)
    {
        if (++_values > ScriptLimits.JsonValues)
            throw new InvalidDataException($"the script imports JSON of more than {ScriptLimits.JsonValues} values. Leave out what no label needs.");
        return element.ValueKind switch
        {
            JsonValueKind.Object => Members(engine, element),
            JsonValueKind.Array => Items(engine, element),
            JsonValueKind.String => new JsString(element.GetString()!),
            JsonValueKind.Number => JsNumber.Create(element.GetDouble()),
            JsonValueKind.True => JsBoolean.True,
            JsonValueKind.False => JsBoolean.False,
            _ => JsValue.Null,
        };
    }

    private JsArray Items(Engine engine, JsonElement element)
    {
        var length = element.GetArrayLength();
        return length <= ScriptLimits.ArrayLength
            ? new JsArray(engine, [.. element.EnumerateArray().Select(item => Value(engine, item))])
            : throw new InvalidDataException($"a list in it has {length} values; {ScriptLimits.ArrayLength} is the limit. Make it an object, or split it.");
    }

    // Defined, not assigned: to assign to __proto__ would be to change what the object inherits from.
    private JsObject Members(Engine engine, JsonElement element)
    {
        var target = new JsObject(engine);
        foreach (var member in element.EnumerateObject())
            target.DefineOwnProperty(new JsString(member.Name), new PropertyDescriptor(Value(engine, member.Value), true, true, true));
        return target;
    }

    private static string Reason(JsonException exception)
    {
        var end = exception.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? exception.Message : exception.Message[..end];
    }
}
