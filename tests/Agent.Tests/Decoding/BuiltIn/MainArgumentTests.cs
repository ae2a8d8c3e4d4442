using EbpfAgent.Decoding.BuiltIn;

namespace EbpfAgent.Tests.Decoding.BuiltIn;

/// <summary>What stands behind a decoder's name in a manifest.</summary>
public sealed class MainArgumentTests
{
    [Fact]
    public void A_text_is_what_the_decoder_takes_it_for()
    {
        Assert.Equal("127.0.0.1", Chain.First(MainArgument.Of("ip", "host"), Chain.Bytes("0100007f")));
        Assert.Equal("b", Chain.Later(MainArgument.Of("regexp", "b+?"), "abb"));
        Assert.Equal("pid", MainArgument.Of("ustack", "pid").OtherField);
        Assert.Equal("the decoder 'uint' takes no text", Assert.Throws<FormatException>(() => MainArgument.Of("uint", "x")).Message);
        Assert.Equal("the decoder 'nothing' takes no text", Assert.Throws<FormatException>(() => MainArgument.Of("nothing", "x")).Message);
    }

    [Fact]
    public void A_list_is_one()
    {
        Assert.Equal(">2us", Chain.Later(MainArgument.Of("time_buckets", ["1us", "2us"]), "2001"));
        Assert.Equal("the decoder 'uint' takes no argument like a list", Chain.Refusal(MainArgument.Of("uint", ["a"])));
    }

    [Fact]
    public void An_object_is_a_map_or_options()
    {
        var map = new Dictionary<string, string> { ["order"] = "host" };
        Assert.Equal("host", Chain.Later(MainArgument.Of("static_map", map), "order"));
        Assert.Equal("unknown:1", Chain.First(MainArgument.Of("enum", map), [1]));
        Assert.Equal("443", Chain.First(MainArgument.Of("port", map), Chain.Bytes("bb01")));
        Assert.Equal("the decoder 'uint' has no option \"order\"", Chain.Refusal(MainArgument.Of("uint", map)));
    }
}
