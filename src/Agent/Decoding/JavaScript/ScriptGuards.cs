using System.Text;
using Jint;
using Jint.Native;
using Jint.Native.Function;
using Jint.Native.Object;
using Jint.Runtime;
using Jint.Runtime.Descriptors;
using Jint.Runtime.Interop;

namespace EbpfAgent.Decoding.JavaScript;

/// <summary>
/// Replaces the built-ins that can run for long, or allocate, far beyond the size of their input: each is bounded, or gone. One call of
/// the originals was seen to take 30 s and 17 GB under all of the engine's limits.
/// </summary>
internal sealed class ScriptGuards
{
    // Of culture, of chance or of HTML: labels depend on the key alone.
    private static readonly string[] GoneFromStrings =
    [
        "anchor", "big", "blink", "bold", "fixed", "fontcolor", "fontsize", "italics", "link", "localeCompare", "small", "strike", "sub",
        "sup", "toLocaleLowerCase", "toLocaleUpperCase",
    ];

    // They ask the other set for its values until it says that there are no more, and look at no limit: one whose answer is a bound function never does.
    private static readonly string[] OfTwoSets =
        ["difference", "intersection", "isDisjointFrom", "isSubsetOf", "isSupersetOf", "symmetricDifference", "union"];

    private readonly Engine _engine;
    private readonly ScriptLoops _loops;

    private ScriptGuards(Engine engine) => (_engine, _loops) = (engine, new ScriptLoops(engine));

    /// <param name="engine">The engine, with its globals still writable.</param>
    /// <param name="hidden">What has no global name.</param>
    public static void Install(Engine engine, ObjectInstance hidden) => new ScriptGuards(engine).Install(hidden);

    private void Install(ObjectInstance hidden)
    {
        foreach (var type in new[] { "Object", "Array", "String", "Number", "BigInt" })
            Prototype(type).Delete("toLocaleString");
        foreach (var name in GoneFromStrings)
            Prototype("String").Delete(name);
        Global("Math").Delete("random");
        GuardStrings();
        GuardArrays();
        ScriptLoops.Install(_engine);
        Refuse(Global("String"), "raw", "write a template literal");
        // What it makes is no function to the engine, but something that can be called, and so nothing here would look at it.
        Refuse(Global("Object").Prototype!, "bind", "write an arrow function");
        Refuse(Global("JSON"), "stringify", "to look at a value, hand it to console.log");
        foreach (var name in OfTwoSets)
            Refuse(Prototype("Set"), name, "write a loop over the values");
        RemoveMethods(Hidden(hidden, ScriptSandbox.HiddenIterator).Prototype!.Prototype!);
        RemoveMethods(Hidden(hidden, ScriptSandbox.HiddenPromise).Prototype!);
    }

    private void GuardStrings()
    {
        var prototype = Prototype("String");
        foreach (var key in ScriptSandbox.Keys(prototype).Where(key => key.ToString() is not ("constructor" or "toString" or "valueOf")))
        {
            if (prototype.Get(key) is Function original)
                Replace(prototype, key, (self, arguments) => CallOnText(key.ToString(), original, self, arguments));
        }
    }

    private JsValue CallOnText(string name, Function original, JsValue self, JsValue[] arguments)
    {
        // What is no string becomes one here, once, so that what is measured is what is used.
        if (!self.IsNull() && !self.IsUndefined() && self is not JsString)
            self = new JsString(TypeConverter.ToString(self));
        if (name is "repeat" or "padStart" or "padEnd" && arguments.Length > 0)
            arguments = [JsNumber.Create(TypeConverter.ToNumber(arguments[0])), .. arguments.Skip(1)];
        if (name is "replace" or "replaceAll" && arguments is [_, Function replacement, ..])
            arguments = [arguments[0], Measured(name, replacement)];
        var length = TextLength(name, self);
        var others = arguments.Sum(argument => TextLength(name, argument));
        var result = name switch
        {
            "repeat" => length * Count(arguments),
            "padStart" or "padEnd" => Count(arguments),
            "concat" => length + others,
            "replace" or "replaceAll" => ReplacedLength(length, arguments),
            _ => length,
        };
        return result <= ScriptLimits.TextLength ? _loops.Call(original, self, arguments) : throw TooLong(name);
    }

    private ClrFunction Measured(string name, Function replacement)
    {
        var total = 0;
        return new ClrFunction(_engine, "", (self, arguments) =>
        {
            var text = TypeConverter.ToString(_loops.Call(replacement, self, arguments));
            total += text.Length;
            return total <= ScriptLimits.TextLength ? new JsString(text) : throw TooLong(name);
        });
    }

    private static double Count(JsValue[] arguments) => arguments is [JsNumber count, ..] ? (double)count.ToObject()! : 0;

    /// <summary>
    /// The most that a replacement can make of a text: one at every place, and with a <c>$</c> in it each of its characters may stand
    /// for the whole text. A function's results are measured as they come.
    /// </summary>
    private static double ReplacedLength(long length, JsValue[] arguments)
    {
        // The estimate is crude, so it is held against a larger limit than a text's length.
        const double slack = 64;
        if (arguments is not [_, JsString replacement, ..])
            return length;
        var text = replacement.ToString();
        var each = text.Contains('$', StringComparison.Ordinal) ? text.Length * Math.Max(length, 1) : text.Length;
        return each * (length + 1) / slack;
    }

    private void GuardArrays()
    {
        var prototype = Prototype("Array");
        var concat = prototype.Get("concat");
        Replace(prototype, "join", (self, arguments) => Join(self, arguments is [{ } separator, ..] ? separator : JsValue.Undefined));
        Replace(prototype, "concat", (self, arguments) =>
        {
            if (arguments.Append(self).Sum(ArrayLength) > ScriptLimits.ArrayLength)
                throw Error($"concat would make an array of more than {ScriptLimits.ArrayLength} elements");
            return _engine.Call(concat, self, arguments);
        });
        Refuse(prototype, "flat", "use flatMap, or a loop");
        Global("Array").Delete("fromAsync");
    }

    /// <summary>
    /// join, and with it every array's toString. Also bounds arrays that hold one array many times: each level's text is bounded by
    /// the same limit.
    /// </summary>
    private JsString Join(JsValue self, JsValue given)
    {
        var separator = given.IsUndefined() ? "," : TypeConverter.ToString(given);
        var text = new StringBuilder();
        var length = ArrayLength(self);
        for (long i = 0; i < length; i++)
        {
            if (i > 0)
                text.Append(separator);
            var item = self.Get(JsNumber.Create(i));
            if (!item.IsNull() && !item.IsUndefined())
                text.Append(TypeConverter.ToString(item));
            if (text.Length > ScriptLimits.TextLength || i > ScriptLimits.ArrayLength)
                throw TooLong("join");
            _engine.Constraints.Check();
        }

        return new JsString(text.ToString());
    }

    // What all iterators have in common, and promises, can wait and loop where no limit looks; their constructors have more of that.
    private static void RemoveMethods(ObjectInstance prototype)
    {
        foreach (var key in ScriptSandbox.Keys(prototype).Where(key => key is JsString))
            prototype.Delete(key);
    }

    private void Refuse(ObjectInstance target, string name, string instead) =>
        Replace(target, name, (_, _) => throw Error($"{name} is not available in a decoder; {instead}"));

    private void Replace(ObjectInstance target, JsValue key, Func<JsValue, JsValue[], JsValue> call)
    {
        var function = new ClrFunction(_engine, key.ToString(), call);
        target.DefineOwnProperty(key, new PropertyDescriptor(function, writable: true, enumerable: false, configurable: true));
    }

    private static long ArrayLength(JsValue value) => value is ObjectInstance array && array.Get("length") is JsNumber length
        ? (long)Math.Clamp((double)length.ToObject()!, 0, uint.MaxValue)
        : 1;

    private long TextLength(string name, JsValue value)
    {
        if (value is not JsString)
            return 0;
        var length = value.ToString().Length;
        return length <= ScriptLimits.TextLength ? length : throw TooLong(name);
    }

    private JavaScriptException TooLong(string name) =>
        Error($"{name} would take or make a text of more than {ScriptLimits.TextLength} characters");

    private JavaScriptException Error(string message) => new(_engine.Intrinsics.Error, message);

    private static ObjectInstance Hidden(ObjectInstance hidden, int index) => (ObjectInstance)hidden.Get(JsNumber.Create(index));

    private ObjectInstance Global(string name) => (ObjectInstance)_engine.Global.Get(name);

    private ObjectInstance Prototype(string name) => (ObjectInstance)Global(name).Get("prototype");
}
