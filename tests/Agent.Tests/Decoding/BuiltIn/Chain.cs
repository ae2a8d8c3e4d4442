using EbpfAgent.Decoding;
using EbpfAgent.Decoding.BuiltIn;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Decoding.BuiltIn;

/// <summary>Runs one decoder on bytes, as the first of a chain, or on a text, as a later one.</summary>
internal static class Chain
{
    /// <summary>The bytes that hexadecimal digits are, with blanks or none between them.</summary>
    public static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    public static DecoderSpec Exporter(string name) => new(name) { Dialect = DecoderDialect.EbpfExporter };

    public static string? First(DecoderSpec spec, byte[] bytes, KeyField? field = null, IHost? host = null) =>
        LabelDecoders.Create(spec, host ?? new FakeMachine(), layout: null).Decode(new LabelInput(bytes, field));

    public static string? First(string decoder, string hex, KeyFieldKind? kind = null, bool isSigned = false, IHost? host = null) =>
        First(new DecoderSpec(decoder), Bytes(hex), kind is { } known ? Field(known, Bytes(hex).Length, isSigned) : null, host);

    public static string? Later(DecoderSpec spec, string text, IHost? host = null) =>
        LabelDecoders.Create(spec, host ?? new FakeMachine(), layout: null).Decode(new LabelInput(text, new LabelInput([0])));

    public static string? Later(string decoder, string text, IHost? host = null) => Later(new DecoderSpec(decoder), text, host);

    public static string Refusal(DecoderSpec spec) => Assert.Throws<FormatException>(() => LabelDecoders.Create(spec, new FakeMachine(), layout: null)).Message;

    public static KeyField Field(KeyFieldKind kind, int size, bool isSigned = false, int bitOffset = 0, int bitSize = 0, params EnumName[] names) => new()
    {
        Name = "field",
        Path = "field",
        Offset = 0,
        Size = size,
        Kind = kind,
        TypeName = "type",
        IsSigned = isSigned,
        BitOffset = bitOffset,
        BitSize = bitSize,
        Enumerators = [.. names],
    };
}
