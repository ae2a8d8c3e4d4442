using System.Buffers.Binary;
using EbpfAgent.Decoding;

namespace EbpfAgent.Benchmarks;

/// <summary>Labels of keys and events that begin with a device's numbers.</summary>
/// <param name="size">Bytes of a key.</param>
internal sealed class DiskDecoder(int size) : IKeyDecoder
{
    public IReadOnlyList<string> LabelNames { get; } = ["major", "minor"];

    public IReadOnlyList<string>? Decode(ReadOnlySpan<byte> key) => key.Length == size
        ? [$"{BinaryPrimitives.ReadUInt32LittleEndian(key)}", $"{BinaryPrimitives.ReadUInt32LittleEndian(key[4..])}"]
        : throw new DecodeException($"{key.Length} bytes");

    /// <summary>Writes the n-th key.</summary>
    public static void Write(Span<byte> key, int number)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(key, (uint)number >> 8);
        BinaryPrimitives.WriteUInt32LittleEndian(key[4..], (uint)number & 255);
    }
}
