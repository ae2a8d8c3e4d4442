using Jint;
using Jint.Native;
using Jint.Native.Object;
using Jint.Runtime.Modules;

namespace EbpfAgent.Decoding.JavaScript;

/// <summary>
/// An engine in which a decoder can compute and do nothing else: every limit set, no CLR, no code from strings, the globals and
/// methods that a decoder needs and no others, and all of these frozen, so that no call leaves a trace for the next one except in
/// the module's own variables.
/// </summary>
/// <remarks>
/// The engine looks at its limits between statements and not within a built-in. <see cref="ScriptGuards"/> bounds the built-ins that
/// can multiply their input. What remains: a BigInt of a million digits takes about a second to become text, and nothing can bound that.
/// </remarks>
internal static class ScriptSandbox
{
    private static readonly HashSet<string> Globals =
    [
        "Array", "BigInt", "Boolean", "Error", "EvalError", "Infinity", "JSON", "Map", "Math", "NaN", "Number", "Object", "RangeError",
        "ReferenceError", "RegExp", "Set", "String", "Symbol", "SyntaxError", "TypeError", "URIError", "globalThis", "isFinite", "isNaN",
        "parseFloat", "parseInt", "undefined",
    ];

    /// <summary>Where an iterator is in the list of what is hidden.</summary>
    public const int HiddenIterator = 3;

    /// <summary>Where a promise is in it.</summary>
    public const int HiddenPromise = 8;

    // What no global leads to, but a literal or a call does.
    private const string HiddenIntrinsics =
        """
        [
            function* () {}, async function () {}, async function* () {},
            [].values(), ''[Symbol.iterator](), new Map().entries(), new Set().values(), 'a'.matchAll(/a/g), (async () => 0)(),
        ]
        """;

    /// <param name="limits">What a call may use.</param>
    /// <param name="time">Its wall-clock time.</param>
    /// <param name="modules">What may be imported.</param>
    public static Engine Create(ScriptLimits limits, CallTime time, IModuleLoader modules)
    {
        var engine = new Engine(options => Configure(options.EnableModules(modules), limits, time));
        var hidden = (ObjectInstance)engine.Evaluate(HiddenIntrinsics);
        foreach (var name in Keys(engine.Global).Where(key => !Globals.Contains(key.ToString())))
            engine.Global.Delete(name);
        ScriptGuards.Install(engine, hidden);
        return engine;
    }

    /// <summary>To be called when the globals are complete: nothing that is reachable can be changed afterwards.</summary>
    public static void Freeze(Engine engine)
    {
        var freeze = engine.Global.Get("Object").Get("freeze");
        var seen = new HashSet<ObjectInstance>(ReferenceEqualityComparer.Instance);
        var pending = new Stack<JsValue?>([engine.Global, engine.Evaluate(HiddenIntrinsics)]);
        while (pending.TryPop(out var value))
        {
            if (value is not ObjectInstance target || !seen.Add(target))
                continue;
            foreach (var key in Keys(target))
            {
                var property = target.GetOwnProperty(key);
                var isAccessor = property.IsAccessorDescriptor();
                pending.Push(isAccessor ? property.Get : property.Value);
                pending.Push(isAccessor ? property.Set : null);
            }

            pending.Push(target.Prototype);
            engine.Call(freeze, [target]);
        }
    }

    internal static List<JsValue> Keys(ObjectInstance target) => target.GetOwnPropertyKeys();

    private static void Configure(Options options, ScriptLimits limits, CallTime time)
    {
        options.Strict().DisableStringCompilation();
        options.Constraint(time).MaxStatements(limits.Statements).LimitMemory(limits.MemoryBytes);
        options.LimitRecursion(ScriptLimits.Recursion).MaxArraySize(ScriptLimits.ArrayLength);
        options.Constraints.StackOverflowGuard = true;
        options.Constraints.RegexTimeout = limits.RegexTimeout;
        options.Constraints.PromiseTimeout = limits.Timeout;
        options.AgentCanSuspend = false;
        options.Interop.Enabled = false;
        options.Interop.AllowWrite = false;
    }
}
