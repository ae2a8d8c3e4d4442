using System.Numerics;
using Jint;
using Jint.Native;
using Jint.Runtime;

namespace EbpfAgent.Decoding.JavaScript;

/// <summary>
/// The arguments of a call from a script, checked: what isn't as the usage says is a TypeError that says it. Numbers are exact: a BigInt up to 64 bits, or a
/// number that has no more than the 53 bits that it holds exactly.
/// </summary>
/// <param name="engine">The script's engine.</param>
/// <param name="usage">What the function takes, in a sentence.</param>
/// <param name="values">The arguments.</param>
internal readonly struct ScriptArguments(Engine engine, string usage, JsValue[] values)
{
    private const double LargestSafe = 9007199254740991;

    private readonly JsValue[] _values = values;

    /// <summary>A whole number from 0 to <paramref name="most"/>.</summary>
    public ulong Number(int index, ulong most) => Whole(index) is { } number && number >= 0 && number <= most ? (ulong)number : throw Misused();

    public uint UInt32(int index) => (uint)Number(index, uint.MaxValue);

    /// <summary>A whole number of 64 bits, signed or not.</summary>
    public Int128 Integer(int index) => Whole(index) is { } number && number >= long.MinValue && number <= ulong.MaxValue ? (Int128)number : throw Misused();

    /// <summary>A list of bytes of one of these lengths; null where the argument is no list.</summary>
    public byte[]? Bytes(int index, int least, int most)
    {
        if (At(index) is not JsArray array)
            return null;
        if (array.Length < least || array.Length > most)
            throw Misused();
        var bytes = new byte[array.Length];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(Whole(array.Get(JsNumber.Create(i))) is { } number && number >= 0 && number <= byte.MaxValue ? number : throw Misused());
        return bytes;
    }

    /// <summary>A string; null where the argument is none.</summary>
    public string? Text(int index) => At(index) is JsString text ? text.ToString() : null;

    /// <summary>Whether there is this argument.</summary>
    public bool Has(int index) => !At(index).IsUndefined();

    /// <summary>To be thrown: the arguments are not what the function takes.</summary>
    public JavaScriptException Misused() => new(engine.Intrinsics.TypeError, usage);

    private JsValue At(int index) => index < _values.Length ? _values[index] : JsValue.Undefined;

    private BigInteger? Whole(int index) => Whole(At(index));

    // Of an object, ToObject would make a copy, and run its getters.
    private static BigInteger? Whole(JsValue value) => (value is JsNumber or JsBigInt ? value.ToObject() : null) switch
    {
        double number when Math.Abs(number) <= LargestSafe && number == Math.Floor(number) => (BigInteger)number,
        BigInteger number => number,
        _ => null,
    };
}
