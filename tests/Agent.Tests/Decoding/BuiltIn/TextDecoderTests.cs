using EbpfAgent.Decoding;
using EbpfAgent.Decoding.BuiltIn;

namespace EbpfAgent.Tests.Decoding.BuiltIn;

/// <summary><c>string</c>, <c>static_map</c>, <c>enum</c>.</summary>
public sealed class TextDecoderTests
{
    private static readonly Dictionary<string, string> Operations = new() { ["1"] = "read", ["2"] = "write", [""] = "none" };

    [Theory]
    [InlineData("", "")]
    [InlineData("00616263", "")]
    [InlineData("61626300", "abc")]
    [InlineData("61620063", "ab")]
    [InlineData("616263", "abc")]
    [InlineData("c3a4", "\u00e4")]
    [InlineData("61c3", "a\ufffd")]
    [InlineData("61feff61", "a\ufffd\ufffda")]
    [InlineData("f09f9880", "\ud83d\ude00")]
    public void String_ends_at_NUL_and_replaces_what_is_no_UTF_8(string hex, string text) => Assert.Equal(text, Chain.First("string", hex));

    [Fact]
    public void String_leaves_a_text_as_it_is() => Assert.Equal("a\0b", Chain.Later("string", "a\0b"));

    [Theory]
    [InlineData("1", null, false, "read")]
    [InlineData("", null, false, "none")]
    [InlineData("3", null, false, "unknown:3")]
    [InlineData("3", null, true, "3")]
    [InlineData("3", "other", false, "other")]
    [InlineData("3", "other", true, "other")]
    [InlineData("3", "", false, "")]
    public void Static_map_looks_a_text_up(string text, string? fallback, bool allowUnknown, string expected) =>
        Assert.Equal(expected, Chain.Later(new DecoderSpec("static_map") { Map = Operations, Default = fallback, AllowUnknown = allowUnknown }, text));

    [Fact]
    public void Static_map_wants_a_text() =>
        Assert.Contains("begin the chain with", Assert.Throws<DecodeException>(() => Chain.First(new DecoderSpec("static_map") { Map = Operations }, [1])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("00", "READ")]
    [InlineData("07", "WRITE")]
    [InlineData("05", "unknown:5")]
    [InlineData("ff", "unknown:255")]
    public void Enum_takes_the_names_of_BTF(string hex, string text) => Assert.Equal(text, Enum(new("enum"), hex));

    [Fact]
    public void Of_two_names_of_one_number_the_first_is_taken() => Assert.Equal("READ", Enum(new("enum"), "00", new EnumName("READ", 0), new EnumName("FIRST", 0)));

    [Theory]
    [InlineData("00", "zero")]
    [InlineData("07", "WRITE")]
    [InlineData("05", "rest")]
    public void Enum_takes_given_names_first(string hex, string text) =>
        Assert.Equal(text, Enum(new("enum") { Map = new Dictionary<string, string> { ["0"] = "zero" }, Default = "rest" }, hex));

    [Fact]
    public void Enum_may_show_a_number() => Assert.Equal("5", Enum(new("enum") { AllowUnknown = true }, "05"));

    [Theory]
    [InlineData("ffffffff", true, "MINUS")]
    [InlineData("ffffffffffffffff", false, "MINUS")]
    [InlineData("0000000000000080", false, "LEAST")]
    [InlineData("ffffffff", false, "unknown:4294967295")]
    public void Enums_of_any_width_and_sign_have_names(string hex, bool isSigned, string text)
    {
        KeyField field = Chain.Field(KeyFieldKind.Enum, hex.Length / 2, isSigned, names: [new("PLUS", 1), new("MINUS", -1), new("LEAST", long.MinValue)]);
        Assert.Equal(text, Chain.First(new("enum"), Chain.Bytes(hex), field));
    }

    [Fact]
    public void Without_BTF_an_enum_is_a_number() => Assert.Equal("unknown:3", Chain.First("enum", "03"));

    private static string? Enum(DecoderSpec spec, string hex, params EnumName[] names) =>
        Chain.First(spec, Chain.Bytes(hex), Chain.Field(KeyFieldKind.Enum, hex.Length / 2, names: names is [] ? [new("WRITE", 7), new("READ", 0)] : names));
}
