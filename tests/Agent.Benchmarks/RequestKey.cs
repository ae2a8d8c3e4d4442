using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using EbpfAgent.Abstractions;

namespace EbpfAgent.Benchmarks;

/// <summary>The key of <c>bench_keys.bpf.c</c> as a plugin's author would write it.</summary>
internal readonly struct RequestKey : IHistogramKey
{
    /// <summary>Bytes of a key.</summary>
    public const int Size = 28;

    // Read from the map's bytes, never assigned.
#pragma warning disable CS0649
    private readonly uint _operation;
    private readonly uint _address;
    private readonly uint _worker;
    private readonly Name _comm;
#pragma warning restore CS0649

    public static IReadOnlyList<string> LabelNames => ["operation", "address", "worker", "comm"];

    public IReadOnlyList<string> GetLabelValues(IHostLookup host) =>
    [
        _operation switch { 0 => "read", 1 => "write", 2 => "discard", 3 => "flush", _ => "other" },
        string.Create(CultureInfo.InvariantCulture, $"{_address & 255}.{(_address >> 8) & 255}.{(_address >> 16) & 255}.{_address >> 24}"),
        _worker.ToString(CultureInfo.InvariantCulture),
        Text(_comm),
    ];

    /// <summary>Writes the n-th key; no two below 65,536 are the same. The floor in C has the same ones.</summary>
    public static void Write(Span<byte> key, int number)
    {
        key.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(key, (uint)number & 3);
        (key[4], key[6], key[7]) = (10, (byte)(number >> 8), (byte)number);
        BinaryPrimitives.WriteUInt32LittleEndian(key[8..], (uint)number % 64);
        Encoding.UTF8.GetBytes($"worker-{number % 100}", key[12..]);
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    [InlineArray(16)]
    private struct Name
    {
        private byte _first;
    }
}
