using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace EbpfAgent.Series;

/// <summary>
/// Numbers, texts and words of a snapshot to or from a stream, and a hash of them all. In the host's byte order: a snapshot is of a map in this host's kernel.
/// </summary>
internal sealed class SnapshotStream(Stream stream, string subject) : IDisposable
{
    // Far above what the limit of a label value allows; and a text is given room as it is read, not as it is announced.
    private const int LongestText = 1 << 26;
    private const int FirstRoom = 4 << 10;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>How many bytes have been hashed.</summary>
    public long Length { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        stream.Write(bytes);
        Length += bytes.Length;
    }

    public void Write<T>(T number)
        where T : unmanaged => Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in number)));

    public void Write(ReadOnlySpan<ulong> words) => Write(MemoryMarshal.AsBytes(words));

    public void Write(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Write(bytes.Length);
        Write(bytes);
    }

    /// <summary>Writes how long the snapshot is, and what its hash is.</summary>
    public void Seal()
    {
        Write(Length);
        stream.Write(_hash.GetCurrentHash());
    }

    /// <exception cref="InvalidDataException">There are not as many bytes.</exception>
    public void Read(Span<byte> bytes)
    {
        ReadPlain(bytes);
        _hash.AppendData(bytes);
        Length += bytes.Length;
    }

    public T Read<T>()
        where T : unmanaged
    {
        T number = default;
        Read(MemoryMarshal.AsBytes(new Span<T>(ref number)));
        return number;
    }

    public void Read(Span<ulong> words) => Read(MemoryMarshal.AsBytes(words));

    public string ReadText()
    {
        int length = ReadCount(LongestText);
        byte[] bytes = new byte[Math.Min(length, FirstRoom)];
        Read(bytes);
        for (int read = bytes.Length; read < length; read = bytes.Length)
        {
            Array.Resize(ref bytes, Math.Min(length, read * 2));
            Read(bytes.AsSpan(read));
        }

        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>A number of things, 0 to <paramref name="most"/>.</summary>
    public int ReadCount(int most)
    {
        int count = Read<int>();
        return count >= 0 && count <= most ? count : throw Damaged($"it says {count} where 0 to {most} is possible");
    }

    /// <exception cref="InvalidDataException">The length or the hash says otherwise, or more follows.</exception>
    public void CheckSeal()
    {
        long length = Length;
        if (Read<long>() != length) throw Damaged("its length is not the one that it names");
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        ReadPlain(hash);
        if (!hash.SequenceEqual(_hash.GetCurrentHash())) throw Damaged("its checksum is wrong");
        if (stream.ReadByte() >= 0) throw Damaged("more follows after its end");
    }

    public InvalidDataException Damaged(string cause) => new($"{subject} is damaged: {cause}; delete it, and its metric begins with what the map counts");

    public void Dispose() => _hash.Dispose();

    private void ReadPlain(Span<byte> bytes)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length) throw Damaged($"it ends after {Length} bytes");
    }
}
