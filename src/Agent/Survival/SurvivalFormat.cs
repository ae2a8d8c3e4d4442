using System.Buffers.Binary;
using System.Text;

namespace EbpfAgent.Survival;

/// <summary>
/// The bytes of a record: a head with the version, the metrics' bytes one after the other, a directory that says what they are and where,
/// and a foot with the directory's place and the checksum of all before it. Little-endian. Nothing has to be known before it is written.
/// </summary>
internal static class SurvivalFormat
{
    public const uint Version = 1;
    public const int HeadBytes = 16;
    public const int FootBytes = 24;
    public const int HashBytes = 32;

    /// <summary>The largest file that is read.</summary>
    public const int MaxBytes = 1 << 30;

    private const int ChecksumOffset = 12;
    private const int MaxDirectoryBytes = 1 << 20;
    private const ulong HeadMagic = 0x5652_5553_4650_4245; // "EBPFSURV"
    private const ulong FootMagic = 0x444e_4553_4650_4245; // "EBPFSEND"

    public static void WriteHead(Stream stream)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        head.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(head, HeadMagic);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], Version);
        stream.Write(head);
    }

    /// <summary>Writes what the bytes before it are.</summary>
    /// <param name="stream">The record.</param>
    /// <param name="identity">What it is of.</param>
    /// <param name="metrics">The names and ends of the metrics' bytes, in the order in which they were written.</param>
    public static void WriteDirectory(Stream stream, SurvivalIdentity identity, IReadOnlyList<(string Metric, long End)> metrics)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(identity.Plugin);
        writer.Write(identity.Boot.ToByteArray());
        writer.Write(identity.ObjectHash.Span);
        writer.Write(identity.Maps.Count);
        foreach ((string map, uint id) in identity.Maps)
        {
            writer.Write(map);
            writer.Write(id);
        }

        writer.Write(metrics.Count);
        foreach ((string metric, long end) in metrics)
        {
            writer.Write(metric);
            writer.Write(end);
        }
    }

    /// <summary>Writes what a reader begins with.</summary>
    /// <param name="foot">The last <see cref="FootBytes"/>.</param>
    /// <param name="directory">Where the directory begins.</param>
    /// <param name="before">The checksum of all bytes before the foot.</param>
    public static void WriteFoot(Span<byte> foot, long directory, Crc32C before)
    {
        foot.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(foot, directory);
        before.Append(foot[..ChecksumOffset]);
        BinaryPrimitives.WriteUInt32LittleEndian(foot[ChecksumOffset..], before.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(foot[(ChecksumOffset + sizeof(uint))..], FootMagic);
    }

    /// <summary>What is wrong with a file, from its first and last bytes alone: garbage is not worth the memory to read it.</summary>
    /// <param name="head">The first <see cref="HeadBytes"/>.</param>
    /// <param name="foot">The last <see cref="FootBytes"/>.</param>
    /// <param name="length">The file's.</param>
    public static string? Refuse(ReadOnlySpan<byte> head, ReadOnlySpan<byte> foot, long length)
    {
        if (BinaryPrimitives.ReadUInt64LittleEndian(head) != HeadMagic) return "is not a record of totals";
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(head[8..]);
        if (version != Version) return $"is of version {version}, and this agent reads {Version}";
        if (BinaryPrimitives.ReadUInt64LittleEndian(foot[(ChecksumOffset + sizeof(uint))..]) != FootMagic) return "is truncated";
        if (length > MaxBytes) return $"has {length} bytes, and {MaxBytes} are the most";
        long directory = BinaryPrimitives.ReadInt64LittleEndian(foot);
        return directory >= HeadBytes && directory <= length - FootBytes && length - FootBytes - directory <= MaxDirectoryBytes ? null : "is damaged: its directory lies outside";
    }

    /// <summary>Reads a file that <see cref="Refuse"/> let pass.</summary>
    /// <exception cref="FormatException">It is damaged.</exception>
    public static SurvivalRecord Parse(byte[] image)
    {
        ReadOnlySpan<byte> foot = image.AsSpan(image.Length - FootBytes);
        var checksum = new Crc32C();
        checksum.Append(image.AsSpan(0, image.Length - FootBytes));
        checksum.Append(foot[..ChecksumOffset]);
        if (checksum.Value != BinaryPrimitives.ReadUInt32LittleEndian(foot[ChecksumOffset..])) throw new FormatException("its checksum is another");
        int directory = (int)BinaryPrimitives.ReadInt64LittleEndian(foot);
        try
        {
            using var reader = new BinaryReader(new MemoryStream(image, directory, image.Length - FootBytes - directory, writable: false), Encoding.UTF8);
            var identity = new SurvivalIdentity(reader.ReadString(), new Guid(Exactly(reader, 16)), Exactly(reader, HashBytes), ReadMaps(reader));
            return new SurvivalRecord(identity, image, ReadMetrics(reader, directory));
        }
        catch (IOException e)
        {
            throw new FormatException("its directory ends too early", e);
        }
    }

    // A count that is too high ends with the bytes: nothing is allocated by it.
    private static Dictionary<string, uint> ReadMaps(BinaryReader reader)
    {
        var maps = new Dictionary<string, uint>(StringComparer.Ordinal);
        for (int rest = reader.ReadInt32(); rest > 0; rest--) maps[reader.ReadString()] = reader.ReadUInt32();
        return maps;
    }

    private static Dictionary<string, (int Offset, int Length)> ReadMetrics(BinaryReader reader, int directory)
    {
        var metrics = new Dictionary<string, (int Offset, int Length)>(StringComparer.Ordinal);
        int start = HeadBytes;
        for (int rest = reader.ReadInt32(); rest > 0; rest--)
        {
            string metric = reader.ReadString();
            long end = reader.ReadInt64();
            if (end < start || end > directory) throw new FormatException($"metric '{metric}' lies outside");
            metrics[metric] = (start, (int)end - start);
            start = (int)end;
        }

        return metrics;
    }

    private static byte[] Exactly(BinaryReader reader, int count) => reader.ReadBytes(count) is var bytes && bytes.Length == count ? bytes : throw new EndOfStreamException();
}
