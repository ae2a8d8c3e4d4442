using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace EbpfAgent.Host;

/// <summary>
/// The bytes of a file that anybody may have made, little-endian. What lies outside of it is an <see cref="InvalidDataException"/>, and so is what it no longer
/// has.
/// </summary>
/// <param name="file">The file; the caller's.</param>
/// <param name="length">Its length when it was opened.</param>
internal sealed class ElfBytes(SafeFileHandle file, long length)
{
    /// <summary>Fills a buffer with what lies at an offset.</summary>
    /// <exception cref="InvalidDataException">The file ends before.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public void Read(ulong offset, Span<byte> buffer)
    {
        Demand(offset, (ulong)buffer.Length);
        for (long at = (long)offset; !buffer.IsEmpty;)
        {
            int read = RandomAccess.Read(file, buffer, at);
            if (read == 0) throw new InvalidDataException("the file has become shorter");
            buffer = buffer[read..];
            at += read;
        }
    }

    /// <summary>Some bytes in a buffer of their own, which is made once it is known that the file has them.</summary>
    /// <inheritdoc cref="Read"/>
    public byte[] Take(ulong offset, ulong size, int limit)
    {
        Demand(offset, size);
        if (size > (ulong)limit) throw new InvalidDataException($"{size} bytes are more than {limit}");
        byte[] bytes = new byte[(int)size];
        Read(offset, bytes);
        return bytes;
    }

    public static ushort Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    public static uint Double(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    public static ulong Quad(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);

    private void Demand(ulong offset, ulong size)
    {
        if (offset > (ulong)length || size > (ulong)length - offset) throw new InvalidDataException($"bytes {offset} to {offset + size} of {length}");
    }
}
