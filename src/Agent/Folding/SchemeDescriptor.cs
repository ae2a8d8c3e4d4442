using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace EbpfAgent.Folding;

/// <summary>
/// Reads the scheme that <c>HISTOGRAM(...)</c> left in its object: <c>struct histogram_scheme</c> of <c>ebpf_agent/histogram.bpf.h</c>.
/// </summary>
internal static class SchemeDescriptor
{
    private const int HeadSize = 32;
    private const uint Version = 1;
    private const uint MostSlots = 1024;

    private enum Kind : uint
    {
        Log2 = 1,
        Seconds = 2,
        Linear = 3,
        Explicit = 4,
    }

    /// <param name="bytes">The variable's bytes.</param>
    /// <param name="scale">The metric's own factor, or null to take the scheme's.</param>
    /// <exception cref="FormatException">The bytes are no scheme that this agent knows, or the factor contradicts it.</exception>
    public static BucketScheme Parse(ReadOnlySpan<byte> bytes, double? scale)
    {
        if (bytes.Length < HeadSize) throw new FormatException($"the scheme has {bytes.Length} bytes, and {HeadSize} is the least");
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (version != Version) throw new FormatException($"the scheme is of version {version}, and this agent knows {Version}; use a newer agent, or the header that came with this one");
        var kind = (Kind)BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        uint slots = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if (slots is < 2 or > MostSlots) throw new FormatException($"the scheme has {slots} slots, and 2 to {MostSlots} are possible");
        int first = BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]);
        int bounds = (int)slots - 1;
        var unit = UnitScale.From(scale ?? 1);
        return kind switch
        {
            Kind.Log2 => BucketScheme.Log2(first, Last(first, bounds), unit),
            Kind.Seconds when scale is null or 1e-9 => BucketScheme.Seconds(first, Last(first, bounds)),
            Kind.Seconds => throw new FormatException($"the scheme's bounds are seconds and its values nanoseconds, which a scale of {scale} contradicts; leave the scale out"),
            Kind.Linear => BucketScheme.Linear(
                BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]), bounds, unit),
            Kind.Explicit => BucketScheme.Explicit(ExplicitBounds(bytes[HeadSize..], bounds), unit),
            _ => throw new FormatException($"the scheme is of kind {(uint)kind}, which this agent doesn't know"),
        };
    }

    /// <summary>Whether the bytes are a scheme of seconds.</summary>
    public static bool IsTime(ReadOnlySpan<byte> bytes) => bytes.Length >= HeadSize && (Kind)BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) == Kind.Seconds;

    // A hostile first exponent must not wrap around into the legal range.
    private static int Last(int first, int bounds) => (int)Math.Min(int.MaxValue, (long)first + bounds - 1);

    private static ulong[] ExplicitBounds(ReadOnlySpan<byte> bytes, int count) =>
        bytes.Length >= count * sizeof(ulong)
            ? MemoryMarshal.Cast<byte, ulong>(bytes)[..count].ToArray()
            : throw new FormatException($"the scheme names {count} bounds and holds {bytes.Length / sizeof(ulong)}");
}
