using EbpfAgent.Decoding;

namespace EbpfAgent.Tests.Series;

/// <summary>A decoder that counts its calls; keys are single bytes.</summary>
internal sealed class StubDecoder(Func<byte, string[]?> decode, params string[] names) : IKeyDecoder
{
    public IReadOnlyList<string> LabelNames { get; } = names;

    public bool MayGoStale { get; init; }

    public int Calls { get; private set; }

    public IReadOnlyList<string>? Decode(ReadOnlySpan<byte> key)
    {
        Calls++;
        return decode(key[0]);
    }
}
