using EbpfAgent.Decoding;
using EbpfAgent.Decoding.BuiltIn;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Decoding.BuiltIn.Exporter;

/// <summary>The decoders of ebpf_exporter: the same bytes give the same text as there. The cases that its own tests have are among these.</summary>
public sealed class ExporterDecoderTests
{
    [Theory]
    [InlineData("uint", "01", "1")]
    [InlineData("uint", "0200", "2")]
    [InlineData("uint", "04000000", "4")]
    [InlineData("uint", "0800000000000000", "8")]
    [InlineData("uint", "ffffffffffffffff", "18446744073709551615")]
    [InlineData("hex", "", "")]
    [InlineData("hex", "01", "01")]
    [InlineData("hex", "0102", "0102")]
    [InlineData("hex", "deadbeef", "deadbeef")]
    [InlineData("string", "", "")]
    [InlineData("string", "726567756c617220", "regular ")]
    [InlineData("string", "6e756c6c00 62616e616e6173", "null")]
    [InlineData("string", "61ff", "a\ufffd")]
    [InlineData("inet_ip", "01020304", "1.2.3.4")]
    [InlineData("inet_ip", "2400cb000004102400000000a29efd8f", "2400:cb00:4:1024::a29e:fd8f")]
    [InlineData("inet_ip", "00000000000000000000ffff01020304", "1.2.3.4")]
    [InlineData("inet_ip", "", "<nil>")]
    [InlineData("inet_ip", "0102030405", "?0102030405")]
    [InlineData("dname", "", ".")]
    [InlineData("dname", "03636f6d", "com")]
    [InlineData("dname", "076578616d706c6503636f6d", "example.com")]
    [InlineData("dname", "05636f6d", "\u0005com")]
    [InlineData("dname", "03636f6d0000", "com..")]
    [InlineData("dname", "00", "")]
    [InlineData("ifname", "01000000", "lo")]
    [InlineData("ifname", "060000a3", "eth42")]
    [InlineData("ifname", "00000000", "unknown:0")]
    [InlineData("ifname", "01000000ffffffff", "lo")]
    [InlineData("majorminor", "00080000", "sda")]
    [InlineData("majorminor", "10080000", "sdb")]
    [InlineData("majorminor", "10880000", "unknown:136:16")]
    [InlineData("majorminor", "45033112", "nvme0n1")]
    [InlineData("majorminor", "1008000012345678", "sdb")]
    [InlineData("ksym", "00100081ffffffff", "tcp_sendmsg")]
    [InlineData("ksym", "04100081ffffffff", "unknown_addr:0xffffffff81001004")]
    [InlineData("ksym", "0000000000000000", "unknown_addr:0x0")]
    [InlineData("ksym", "00100081ffffffff01", "tcp_sendmsg")]
    [InlineData("kstack", "", "")]
    [InlineData("kstack", "00000000000000000000000000000000", "")]
    [InlineData("kstack", "04100081ffffffff00200081ffffffff0000000000000000", "tcp_sendmsg\nvfs_read")]
    [InlineData("kstack", "0100000000000000 04100081ffffffff", "??\ntcp_sendmsg")]
    [InlineData("lbr", "", "<empty>")]
    [InlineData("lbr", "00100081ffffffff 0500000000000000 0000000000000000 01", "0xffffffff81001000 -> 0x00000005 | tcp_sendmsg -> ")]
    public void Bytes_give_the_same_text(string decoder, string hex, string text) => Assert.Equal(text, Chain.First(Chain.Exporter(decoder), Chain.Bytes(hex)));

    [Theory]
    [InlineData("errno", "0", "unknown:0")]
    [InlineData("errno", "1", "EPERM")]
    [InlineData("errno", "32", "EPIPE")]
    [InlineData("errno", "95", "ENOTSUP")]
    [InlineData("errno", "104", "ECONNRESET")]
    [InlineData("errno", "133", "EHWPOISON")]
    [InlineData("errno", "512", "unknown:512")]
    [InlineData("errno", "1000", "unknown:1000")]
    [InlineData("errno", "18446744073709551615", "unknown:18446744073709551615")]
    [InlineData("syscall", "0", "read")]
    [InlineData("syscall", "1", "write")]
    [InlineData("syscall", "7", "poll_time64")]
    [InlineData("syscall", "17", "pread")]
    [InlineData("syscall", "94", "chown")]
    [InlineData("syscall", "156", "sysctl")]
    [InlineData("syscall", "214", "printargs")]
    [InlineData("syscall", "231", "exit")]
    [InlineData("syscall", "293", "pipe2")]
    [InlineData("syscall", "333", "io_pgetevents_time64")]
    [InlineData("syscall", "447", "memfd_secret")]
    [InlineData("syscall", "1000", "unknown_syscall:1000")]
    [InlineData("syscall", "-1", "unknown_syscall:18446744073709551615")]
    [InlineData("cgroup", "7", "/sys/fs/cgroup/system.slice/ssh.service")]
    [InlineData("cgroup", "1", "/sys/fs/cgroup")]
    [InlineData("cgroup", "6", "unknown_cgroup_id:6")]
    [InlineData("cgroup", "-6", "unknown_cgroup_id:-6")]
    [InlineData("pci_vendor", "32902", "Intel Corporation")]
    [InlineData("pci_vendor", "48879", "unknown pci vendor: 0xbeef")]
    [InlineData("pci_vendor", "3601", "unknown pci vendor: 0xe11")]
    [InlineData("pci_vendor", "1", "unknown pci vendor: 0x01")]
    [InlineData("pci_vendor", "-1", "unknown pci vendor: 0x-1")]
    [InlineData("pci_device", "2156269568", "82542 Gigabit Ethernet Controller")]
    [InlineData("pci_device", "3735928559", "unknown pci device: 0xdeadbeef")]
    [InlineData("pci_device", "235995137", "unknown pci device: 0xe110001")]
    [InlineData("pci_device", "5", "unknown pci device: 0x0005")]
    [InlineData("pci_class", "2", "Network controller")]
    [InlineData("pci_class", "253", "unknown pci class: 0xfd")]
    [InlineData("pci_class", "258", "unknown pci class: 0x102")]
    [InlineData("pci_subclass", "512", "Ethernet controller")]
    [InlineData("pci_subclass", "64768", "unknown pci class: 0xfd")]
    [InlineData("pci_subclass", "267", "unknown pci subclass: 0x0b (class 0x01)")]
    [InlineData("hex", "ab", "6162")]
    [InlineData("string", "ab", "ab")]
    [InlineData("uint", "a", "97")]
    [InlineData("dname", "\u0003com", "com")]
    public void A_text_gives_the_same_text(string decoder, string text, string expected) => Assert.Equal(expected, Chain.Later(Chain.Exporter(decoder), text));

    [Theory]
    [InlineData("7", "/sys/fs/cgroup/unified/system.slice/ssh.service")]
    [InlineData("1", "/sys/fs/cgroup/unified")]
    public void A_control_group_is_named_where_it_is_mounted(string id, string text) =>
        Assert.Equal(text, Chain.Later(Chain.Exporter("cgroup"), id, new FakeMachine { CgroupMount = "/sys/fs/cgroup/unified" }));

    [Theory]
    [InlineData("0", "io_setup")]
    [InlineData("67", "pread")]
    [InlineData("94", "exit")]
    [InlineData("293", "rseq")]
    [InlineData("447", "memfd_secret")]
    [InlineData("244", "unknown_syscall:244")]
    public void System_calls_of_arm64_have_its_numbers(string number, string text) =>
        Assert.Equal(text, Chain.Later(Chain.Exporter("syscall"), number, new FakeMachine { Architecture = "aarch64" }));

    [Theory]
    [InlineData("pci_vendor", "32902")]
    [InlineData("pci_device", "2156269568")]
    [InlineData("pci_class", "2")]
    [InlineData("pci_subclass", "5")]
    [InlineData("pci_subclass", "no number")]
    public void Without_a_list_of_devices_it_says_so(string decoder, string number) =>
        Assert.Equal("missing pci.ids db", Chain.Later(Chain.Exporter(decoder), number, new FakeMachine { HasPciIds = false }));

    /// <summary>These are errors there, too, or end the process.</summary>
    [Theory]
    [InlineData("uint", "")]
    [InlineData("uint", "010203")]
    [InlineData("ifname", "010203")]
    [InlineData("majorminor", "010203")]
    [InlineData("ksym", "01020304")]
    [InlineData("kstack", "04100081ffffffff0010")]
    [InlineData("errno", "01000000")]
    [InlineData("errno", "2d31")]
    [InlineData("syscall", "01000000")]
    [InlineData("cgroup", "")]
    [InlineData("pci_class", "02")]
    public void What_can_not_be_read_is_refused(string decoder, string hex) => Assert.Throws<DecodeException>(() => Chain.First(Chain.Exporter(decoder), Chain.Bytes(hex)));

    [Theory]
    [InlineData("1", false, "read")]
    [InlineData("3", false, "unknown:3")]
    [InlineData("3", true, "3")]
    public void Static_map_knows_or_says_so(string text, bool allowUnknown, string expected)
    {
        DecoderSpec spec = Chain.Exporter("static_map") with { Map = new Dictionary<string, string> { ["1"] = "read" }, AllowUnknown = allowUnknown };
        Assert.Equal(expected, Chain.Later(spec, text));
        Assert.Equal(expected, Chain.First(spec, System.Text.Encoding.ASCII.GetBytes(text)));
    }

    [Fact]
    public void Static_map_without_a_map_is_empty() => Assert.Equal("empty mapping", Chain.Later(Chain.Exporter("static_map"), "1"));

    [Theory]
    [InlineData("systemd-journal", "systemd-journal", "^systemd-journal$", "^syslog-ng$")]
    [InlineData("systemd-bananad", null, "^systemd-journal$", "^syslog-ng$")]
    [InlineData("systemd-bananad", "systemd", "^(systemd).*$", "^syslog-ng$")]
    [InlineData("systemd-bananad", "systemd-", "^systemd-", "^syslog-ng$")]
    [InlineData("ab", null, "(a)(b)")]
    [InlineData("ab", "ab", "(a)(b)", "ab")]
    [InlineData("b", "", "(a)?b")]
    [InlineData("whatever", null, "$is-banana-even-fruit$")]
    public void Regexp_takes_the_only_group(string text, string? expected, params string[] expressions)
    {
        DecoderSpec spec = Chain.Exporter("regexp") with { Items = expressions };
        Assert.Equal(expected, Chain.Later(spec, text));
        Assert.Equal(expected, Chain.First(spec, System.Text.Encoding.ASCII.GetBytes(text)));
    }

    [Theory]
    [InlineData("cgroup", true)]
    [InlineData("ifname", true)]
    [InlineData("ksym", true)]
    [InlineData("kstack", true)]
    [InlineData("lbr", true)]
    [InlineData("majorminor", true)]
    [InlineData("pci_class", true)]
    [InlineData("uint", false)]
    [InlineData("syscall", false)]
    public void What_the_host_says_may_go_stale(string decoder, bool asks) => Assert.Equal(asks, LabelDecoders.Create(Chain.Exporter(decoder), new FakeMachine(), null).AsksHost);
}
