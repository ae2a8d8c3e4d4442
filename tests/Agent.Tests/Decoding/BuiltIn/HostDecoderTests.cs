using EbpfAgent.Decoding;
using EbpfAgent.Decoding.BuiltIn;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Decoding.BuiltIn;

/// <summary>Decoders that ask the machine: <c>majorminor</c>, <c>ifname</c>, <c>netns</c>, <c>uid</c>, <c>comm</c>, <c>pci_*</c>, <c>ksym</c>, <c>kstack</c>, <c>ustack</c>.</summary>
public sealed class HostDecoderTests
{
    [Theory]
    [InlineData("majorminor", "00008000", "sda")]
    [InlineData("majorminor", "10008000", "sdb")]
    [InlineData("majorminor", "4523 3110", "nvme0n1")]
    [InlineData("majorminor", "4523 311000000000", "nvme0n1")]
    [InlineData("majorminor", "03003010", "unknown:259:3")]
    [InlineData("majorminor", "00000000", "unknown:0:0")]
    [InlineData("majorminor", "ffffffff", "unknown:4095:1048575")]
    [InlineData("majorminor", "ffffffffffffffff", "unknown:18446744073709551615")]
    [InlineData("ifname", "02000000", "eth0")]
    [InlineData("ifname", "09000000", "unknown:9")]
    [InlineData("ifname", "0200000001000000", "unknown:4294967298")]
    [InlineData("netns", "000000f0", "blue")]
    [InlineData("netns", "01000000", "unknown:1")]
    [InlineData("uid", "e8030000", "ada")]
    [InlineData("uid", "00", "root")]
    [InlineData("uid", "ffffffff", "unknown:4294967295")]
    [InlineData("comm", "2a000000", "nginx")]
    [InlineData("comm", "2b000000", "unknown:43")]
    [InlineData("pci_vendor", "8680", "Intel Corporation")]
    [InlineData("pci_vendor", "110e", "Compaq")]
    [InlineData("pci_vendor", "0100", "unknown:0001")]
    [InlineData("pci_vendor", "00000100", "unknown:65536")]
    [InlineData("pci_device", "00108680", "82542 Gigabit Ethernet Controller")]
    [InlineData("pci_device", "01001100", "unknown:0011:0001")]
    [InlineData("pci_class", "02", "Network controller")]
    [InlineData("pci_class", "fd", "unknown:fd")]
    [InlineData("pci_subclass", "0002", "Ethernet controller")]
    [InlineData("pci_subclass", "0b01", "unknown:010b")]
    [InlineData("ksym", "0010 0081ffffffff", "tcp_sendmsg")]
    [InlineData("ksym", "ff1f0081ffffffff", "tcp_sendmsg")]
    [InlineData("ksym", "0000000000000000", "unknown:0x0")]
    [InlineData("ksym", "ffffffffffffffff", "unknown:0xffffffffffffffff")]
    public void A_number_becomes_the_hosts_name_or_unknown(string decoder, string hex, string text) => Assert.Equal(text, Chain.First(decoder, hex));

    [Theory]
    [InlineData("majorminor", "8388608", "sda")]
    [InlineData("uid", "1000", "ada")]
    [InlineData("uid", "-1", "unknown:-1")]
    [InlineData("ksym", "0xffffffff81001000", "tcp_sendmsg")]
    [InlineData("ksym", "-1", "unknown:-1")]
    [InlineData("majorminor", "-1", "unknown:-1")]
    [InlineData("pci_class", "-1", "unknown:-1")]
    public void A_text_may_hold_the_number(string decoder, string text, string expected) => Assert.Equal(expected, Chain.Later(decoder, text));

    [Theory]
    [InlineData("majorminor")]
    [InlineData("ifname")]
    [InlineData("netns")]
    [InlineData("uid")]
    [InlineData("comm")]
    [InlineData("pci_vendor")]
    [InlineData("pci_device")]
    [InlineData("pci_class")]
    [InlineData("pci_subclass")]
    [InlineData("ksym")]
    [InlineData("cgroup")]
    [InlineData("container")]
    [InlineData("pod")]
    public void What_is_no_number_is_refused_and_the_host_is_asked_again(string decoder)
    {
        Assert.Throws<DecodeException>(() => Chain.First(decoder, ""));
        Assert.Throws<DecodeException>(() => Chain.First(decoder, "000000000000000000"));
        Assert.Throws<DecodeException>(() => Chain.Later(decoder, "ten"));
        Assert.True(LabelDecoders.Create(new DecoderSpec(decoder), new FakeMachine(), null).AsksHost);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("0000000000000000 0010008 1ffffffff", "")]
    [InlineData("04100081ffffffff", "tcp_sendmsg")]
    [InlineData("04100081ffffffff 00200081ffffffff 0000000000000000 00300081ffffffff", "tcp_sendmsg;vfs_read")]
    [InlineData("04100081ffffffff ffffffffffffffff", "tcp_sendmsg;unknown:0xffffffffffffffff")]
    public void A_stack_ends_at_the_first_0(string hex, string text) => Assert.Equal(text, Chain.First("kstack", hex));

    [Theory]
    [InlineData("00")]
    [InlineData("04100081ffffffff00")]
    public void A_stack_is_whole_addresses(string hex) =>
        Assert.Equal($"{hex.Length / 2} bytes are no stack; a multiple of 8 is", Assert.Throws<DecodeException>(() => Chain.First("kstack", hex)).Message);

    [Fact]
    public void A_users_stack_without_a_key_in_BTF_is_refused() => Assert.StartsWith("the decoder 'ustack' needs the process's field beside its own", Chain.Refusal(new("ustack")), StringComparison.Ordinal);
}
