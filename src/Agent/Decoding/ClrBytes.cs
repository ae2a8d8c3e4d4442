using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EbpfAgent.Decoding;

/// <summary>The managed size of an unmanaged type, and where its fields lie, for types known at run time only.</summary>
internal static class ClrBytes
{
    public static int SizeOf(Type type) => RuntimeHelpers.SizeOf(type.TypeHandle);

    public static bool HasReferences(Type type) => (bool)Invoke(nameof(ContainsReferences), type, [])!;

    /// <summary>Sets the field to all ones in a struct of zeros, and looks where they are.</summary>
    public static int OffsetOf(Type type, FieldInfo field)
    {
        var box = RuntimeHelpers.GetUninitializedObject(type);
        field.SetValue(box, IsAddress(field.FieldType) ? (nint)(-1) : Invoke(nameof(Ones), field.FieldType, []));
        return (int)Invoke(nameof(FirstByteSet), type, [box])!;
    }

    private static bool IsAddress(Type type) => type.IsPointer || type.IsFunctionPointer;

    private static object? Invoke(string method, Type type, object[] arguments) =>
        typeof(ClrBytes).GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(type).Invoke(null, arguments);

    private static bool ContainsReferences<T>() => RuntimeHelpers.IsReferenceOrContainsReferences<T>();

    private static object Ones<T>()
        where T : struct
    {
        T value = default;
        MemoryMarshal.AsBytes(new Span<T>(ref value)).Fill(0xff);
        return value;
    }

    private static int FirstByteSet<T>(object box)
        where T : struct
    {
        var value = (T)box;
        return MemoryMarshal.AsBytes(new Span<T>(ref value)).IndexOfAnyExcept((byte)0);
    }
}
