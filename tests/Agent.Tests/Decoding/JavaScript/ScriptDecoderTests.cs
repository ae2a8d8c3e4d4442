using EbpfAgent.Decoding;
using EbpfAgent.Decoding.JavaScript;
using EbpfAgent.Lifecycle;

namespace EbpfAgent.Tests.Decoding.JavaScript;

public sealed class ScriptDecoderTests
{
    [Fact]
    public void Labels_and_values_are_the_modules()
    {
        using var decoder = Scripts.Load(
            """
            const names = new Map([[0, "read"], [42, "write"]]);
            export const labels = ["syscall", "number"];
            export function decode(key) { return [names.get(key) ?? "other", key]; }
            """);

        Assert.Equal(["syscall", "number"], decoder.LabelNames);
        Assert.Equal(["write", "42"], decoder.Decode([42, 0, 0, 0]));
        Assert.Equal(["other", "4294967295"], decoder.Decode([255, 255, 255, 255]));
    }

    [Theory]
    [InlineData("return ['text'];", "text")]
    [InlineData("return [1.5];", "1.5")]
    [InlineData("return [-0];", "0")]
    [InlineData("return [1e21];", "1e+21")]
    [InlineData("return [0.1 + 0.2];", "0.30000000000000004")]
    [InlineData("return [true];", "true")]
    [InlineData("return [18446744073709551615n];", "18446744073709551615")]
    [InlineData("return null;", null)]
    [InlineData("return undefined;", null)]
    [InlineData("", null)]
    public void Values_become_text_as_javascript_writes_them(string body, string? expected) => Assert.Equal(expected, Scripts.Value(body));

    [Fact]
    public void A_decoder_may_have_no_labels()
    {
        using var decoder = Scripts.Load("export const labels = []; export const decode = () => [];");

        Assert.Empty(decoder.LabelNames);
        Assert.Empty(decoder.Decode([1, 0, 0, 0])!);
    }

    [Fact]
    public void A_failed_call_does_not_spoil_the_next()
    {
        using var decoder = Scripts.Body("if (key === 1) for (;;); if (key === 2) { const f = () => f() + 1; f(); } if (key === 3) throw 1; return [key];");

        for (var round = 0; round < 2; round++)
        {
            for (byte key = 1; key <= 3; key++)
                Assert.Throws<DecodeException>(() => decoder.Decode([key, 0, 0, 0]));
            Assert.Equal(["4"], decoder.Decode([4, 0, 0, 0]));
        }
    }

    [Fact]
    public void A_call_within_a_call_is_refused()
    {
        ScriptDecoder? decoder = null;
        Exception? seen = null;
        using (decoder = Scripts.Body("console.log('again'); return [key];", log: _ => seen = Record.Exception(() => decoder!.Decode([1, 0, 0, 0]))))
            Assert.Equal(["42"], decoder.Decode([42, 0, 0, 0]));

        Assert.Contains("decode was called during a call", Assert.IsType<InvalidOperationException>(seen).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_too_short_is_refused()
    {
        using var decoder = Scripts.Body("return [key];");

        Assert.Equal("plugins/disk/decode.js: the key has 3 bytes, its type 4.", Assert.Throws<DecodeException>(() => decoder.Decode([1, 2, 3])).Message);
    }

    [Fact]
    public void An_illegal_label_name_is_the_metrics_error()
    {
        var exception = Assert.Throws<PluginException>(() => Scripts.Load("export const labels = ['le']; export const decode = () => ['1'];"));

        Assert.Equal(PluginError.Metric, exception.Error);
        Assert.StartsWith("plugins/disk/decode.js: the label name 'le'", exception.Message, StringComparison.Ordinal);
    }
}
