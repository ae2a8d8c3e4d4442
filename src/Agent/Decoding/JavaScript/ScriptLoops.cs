using Jint;
using Jint.Native;
using Jint.Native.Function;
using Jint.Native.Object;
using Jint.Runtime;
using Jint.Runtime.Descriptors;
using Jint.Runtime.Interop;

namespace EbpfAgent.Decoding.JavaScript;

/// <summary>
/// Bounds the built-ins that loop. The engine looks at its limits between statements, and a loop of a built-in over another one, as in
/// <c>list.map(list.map, list)</c>, has none: nested three deep it was seen to take 27 s and 2 GB. So each looks when it begins, and before each call of a
/// function that is no script's.
/// </summary>
internal sealed class ScriptLoops(Engine engine)
{
    private static readonly string[] OfArrays =
    [
        "copyWithin", "every", "fill", "filter", "find", "findIndex", "findLast", "findLastIndex", "flatMap", "forEach", "includes", "indexOf", "lastIndexOf", "map", "reduce",
        "reduceRight", "reverse", "slice", "some", "splice", "toReversed", "toSpliced", "with",
    ];

    // As a script it is under the script's limits: the names that it makes may each take milliseconds, of large BigInts.
    private const string FromEntries =
        """
        ({
            fromEntries(entries) {
                const result = {};
                for (const [name, value] of entries)
                    Object.defineProperty(result, name, { value, writable: true, enumerable: true, configurable: true });
                return result;
            }
        }).fromEntries
        """;

    public static void Install(Engine engine)
    {
        var loops = new ScriptLoops(engine);
        loops.Guard(Prototype(engine, "Array"), OfArrays);
        loops.Guard(Prototype(engine, "Map"), "forEach");
        loops.Guard(Prototype(engine, "Set"), "forEach");
        loops.Guard(Global(engine, "Array"), "from");
        loops.Guard(Global(engine, "Object"), "groupBy");
        loops.Guard(Global(engine, "Map"), "groupBy");
        loops.Guard(Global(engine, "JSON"), "parse");
        loops.Guard(Prototype(engine, "BigInt"), "toString");
        Define(Global(engine, "Object"), "fromEntries", engine.Evaluate(FromEntries));
        foreach (var name in new[] { "sort", "toSorted" })
            loops.Replace(Prototype(engine, "Array"), name, loops.Sorted);
    }

    /// <summary>Calls a built-in after a look at the limits; what it calls back looks as well.</summary>
    public JsValue Call(Function original, JsValue self, JsValue[] arguments)
    {
        engine.Constraints.Check();
        return engine.Call(original, self, Array.Exists(arguments, IsBuiltIn) ? [.. arguments.Select(Looking)] : arguments);
    }

    private static bool IsBuiltIn(JsValue value) => value is Function and not ScriptFunction;

    private JsValue Looking(JsValue value) => IsBuiltIn(value)
        ? new ClrFunction(engine, "", (self, arguments) =>
        {
            engine.Constraints.Check();
            return engine.Call(value, self, arguments);
        })
        : value;

    // Without an order, values are sorted by their text, which of a large BigInt takes milliseconds.
    private JsValue Sorted(Function original, JsValue self, JsValue[] arguments) =>
        Call(original, self, arguments is [] or [JsUndefined, ..] ? [new ClrFunction(engine, "", ByText)] : arguments);

    private static JsNumber ByText(JsValue self, JsValue[] pair) =>
        JsNumber.Create(string.CompareOrdinal(TypeConverter.ToString(pair[0]), TypeConverter.ToString(pair[1])));

    private void Guard(ObjectInstance target, params string[] names)
    {
        foreach (var name in names)
            Replace(target, name, Call);
    }

    private void Replace(ObjectInstance target, string name, Func<Function, JsValue, JsValue[], JsValue> call)
    {
        var original = (Function)target.Get(name);
        Define(target, name, new ClrFunction(engine, name, (self, arguments) => call(original, self, arguments)));
    }

    private static void Define(ObjectInstance target, string name, JsValue function) =>
        target.DefineOwnProperty(new JsString(name), new PropertyDescriptor(function, writable: true, enumerable: false, configurable: true));

    private static ObjectInstance Global(Engine engine, string name) => (ObjectInstance)engine.Global.Get(name);

    private static ObjectInstance Prototype(Engine engine, string name) => (ObjectInstance)Global(engine, name).Get("prototype");
}
