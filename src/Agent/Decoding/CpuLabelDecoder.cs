using System.Buffers.Binary;
using System.Globalization;
using EbpfAgent.Lifecycle;

namespace EbpfAgent.Decoding;

/// <summary>Puts the label <c>cpu</c> behind a key's own, for keys that have the CPU's number behind their bytes.</summary>
internal sealed class CpuLabelDecoder : IKeyDecoder
{
    public const string LabelName = "cpu";

    private readonly IKeyDecoder _inner;

    /// <exception cref="PluginException">The key has a label of this name.</exception>
    public CpuLabelDecoder(IKeyDecoder inner, string map)
    {
        if (inner.LabelNames.Contains(LabelName))
            throw new PluginException(PluginError.Metric, $"the keys of map '{map}' have a label '{LabelName}' of their own, and its CPUs are to be labelled so; rename that one, or fold the CPUs");
        _inner = inner;
        LabelNames = [.. inner.LabelNames, LabelName];
    }

    public IReadOnlyList<string> LabelNames { get; }

    public bool MayGoStale => _inner.MayGoStale;

    public IReadOnlyList<string>? Decode(ReadOnlySpan<byte> key)
    {
        ReadOnlySpan<byte> own = key[..^sizeof(uint)];
        uint cpu = BinaryPrimitives.ReadUInt32LittleEndian(key[own.Length..]);
        return _inner.Decode(own) is { } values ? [.. values, cpu.ToString(CultureInfo.InvariantCulture)] : null;
    }
}
