using EbpfAgent.Bpf;
using EbpfAgent.Decoding;
using EbpfAgent.Decoding.BuiltIn;
using EbpfAgent.Tests.Bpf;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Decoding.BuiltIn;

/// <summary>Typedefs that say what a field is.</summary>
public sealed class FieldTypesTests
{
    [Theory]
    [InlineData("agent_errno_t", "errno")]
    [InlineData("agent_errno_s64_t", "errno")]
    [InlineData("agent_tcp_state_u8_t", "tcp_state")]
    [InlineData("agent_dev_t", "majorminor")]
    [InlineData("agent_dev_u64_t", "majorminor")]
    [InlineData("agent_ipv4_t", "ip")]
    [InlineData("agent_ipv4_host_t", "ip order=host")]
    [InlineData("agent_port_host_t", "port order=host")]
    [InlineData("agent_port_host_u32_t", "port order=host")]
    [InlineData("agent_ifindex_t", "ifname")]
    [InlineData("agent_comm_of_pid_t", "comm")]
    [InlineData("agent_majorminor_t", "majorminor")]
    [InlineData("agent_enum_t", "enum")]
    [InlineData("agent_string_t", "string")]
    [InlineData("agent_static_map_t", null)]
    [InlineData("agent_regexp_t", null)]
    [InlineData("agent_nothing_t", null)]
    [InlineData("agent__t", null)]
    [InlineData("agent_errno", null)]
    [InlineData("my_agent_errno_t", null)]
    [InlineData("agent_errno_u24_t", null)]
    [InlineData("agent_ERRNO_t", null)]
    [InlineData("agent_errno_t\n", null)]
    public void A_typedef_names_a_decoder(string typedef, string? decoder)
    {
        DecoderSpec? spec = FieldTypes.DecoderOf(Chain.Field(KeyFieldKind.Unsigned, 4) with { Typedefs = ["__u32", typedef] });
        Assert.Equal(decoder, spec is null ? null : string.Join(' ', [spec.Name, .. spec.Options.Select(static option => $"{option.Key}={option.Value}")]));
    }

    [Fact]
    public void The_outermost_typedef_that_names_one_counts() =>
        Assert.Equal("uid", FieldTypes.DecoderOf(Chain.Field(KeyFieldKind.Unsigned, 4) with { Typedefs = ["agent_future_t", "owner_t", "agent_uid_t", "agent_pid_t"] })!.Name);

    [Fact]
    public void BTF_keeps_typedefs_through_qualifiers_and_enums_their_names()
    {
        var b = new BtfBuilder();
        int id = b.Const(b.Typedef("outer_t", b.Volatile(b.Typedef("inner_t", b.Enum("op", 4, true, ("A", -1), ("B", 1))))));
        KeyField field = KeyLayout.FromBtf(Btf.Parse(b.Build()), id).Root;
        Assert.Equal(["outer_t", "inner_t"], field.Typedefs);
        Assert.Equal([new EnumName("A", -1), new EnumName("B", 1)], field.Enumerators);
    }

    [Fact]
    public void Structs_arrays_and_elements_may_have_one()
    {
        var b = new BtfBuilder();
        int u8 = b.Int("__u8", 1);
        int v6 = b.Typedef("agent_ipv6_t", b.Struct("", 16, ("bytes", b.Array(u8, 16), 0)));
        int id = b.Struct(
            "key",
            76,
            ("remote", v6, 0),
            ("mac", b.Typedef("agent_mac_t", b.Array(u8, 6)), 128),
            ("users", b.Array(b.Typedef("agent_uid_u8_t", u8), 2), 176),
            ("name", b.Array(b.Typedef("agent_dname_t", u8), 16), 192),
            ("both", b.Array(v6, 2), 320),
            ("text", b.Array(b.Typedef("agent_string_t", u8), 4), 576));
        KeyLayout layout = KeyLayout.FromBtf(Btf.Parse(b.Build()), id);
        byte[] key = new byte[76];
        key[15] = 1;
        key[21] = 9;
        key[23] = 7;
        "\u0003com"u8.CopyTo(key.AsSpan(24));
        key[71] = 2;
        key[72] = (byte)'x';
        FieldDecoder decoder = FieldDecoder.Create(null, layout, 76, null, new FakeMachine());
        Assert.Equal(["remote", "mac", "users", "name", "both", "text"], decoder.LabelNames);
        Assert.Equal(["::1", "00:00:00:00:00:09", "root,unknown:7", "com", "::,::2", "x"], decoder.Decode(key));
        Assert.True(decoder.MayGoStale);
    }
}
