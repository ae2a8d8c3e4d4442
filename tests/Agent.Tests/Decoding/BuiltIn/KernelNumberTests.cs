using EbpfAgent.Decoding;
using EbpfAgent.Decoding.BuiltIn.Tables;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Decoding.BuiltIn;

/// <summary>Numbers that the kernel's own headers name: <c>errno</c>, <c>signal</c>, <c>syscall</c>, <c>tcp_state</c>, <c>address_family</c>, <c>protocol</c>, <c>softirq</c>.</summary>
public sealed class KernelNumberTests
{
    [Theory]
    [InlineData("00000000", "success")]
    [InlineData("02000000", "ENOENT")]
    [InlineData("feffffff", "ENOENT")]
    [InlineData("feffffffffffffff", "ENOENT")]
    [InlineData("85000000", "EHWPOISON")]
    [InlineData("85", "EHWPOISON")]
    [InlineData("feff", "ENOENT")]
    [InlineData("29000000", "unknown:41")]
    [InlineData("00feffff", "ERESTARTSYS")]
    [InlineData("e8030000", "unknown:1000")]
    [InlineData("18fcffff", "unknown:-1000")]
    [InlineData("ffffffffffffff7f", "unknown:9223372036854775807")]
    [InlineData("0000000000000080", "unknown:-9223372036854775808")]
    public void Errno_has_either_sign_and_any_width(string hex, string text) => Assert.Equal(text, Chain.First("errno", hex));

    [Theory]
    [InlineData("-13", "EACCES")]
    [InlineData("95", "EOPNOTSUPP")]
    [InlineData("0", "success")]
    public void Errno_takes_a_number_in_a_text(string text, string expected) => Assert.Equal(expected, Chain.Later("errno", text));

    [Theory]
    [InlineData("signal", "0", "unknown:0")]
    [InlineData("signal", "1", "SIGHUP")]
    [InlineData("signal", "31", "SIGSYS")]
    [InlineData("signal", "32", "unknown:32")]
    [InlineData("signal", "34", "SIGRTMIN")]
    [InlineData("signal", "35", "SIGRTMIN+1")]
    [InlineData("signal", "63", "SIGRTMIN+29")]
    [InlineData("signal", "64", "SIGRTMAX")]
    [InlineData("signal", "65", "unknown:65")]
    [InlineData("tcp_state", "0", "unknown:0")]
    [InlineData("tcp_state", "1", "ESTABLISHED")]
    [InlineData("tcp_state", "10", "LISTEN")]
    [InlineData("tcp_state", "13", "BOUND_INACTIVE")]
    [InlineData("tcp_state", "14", "unknown:14")]
    [InlineData("address_family", "2", "AF_INET")]
    [InlineData("address_family", "10", "AF_INET6")]
    [InlineData("address_family", "45", "AF_MCTP")]
    [InlineData("address_family", "46", "unknown:46")]
    [InlineData("protocol", "6", "tcp")]
    [InlineData("protocol", "17", "udp")]
    [InlineData("protocol", "58", "icmpv6")]
    [InlineData("protocol", "262", "mptcp")]
    [InlineData("protocol", "3", "unknown:3")]
    [InlineData("softirq", "0", "HI")]
    [InlineData("softirq", "3", "NET_RX")]
    [InlineData("softirq", "9", "RCU")]
    [InlineData("softirq", "10", "unknown:10")]
    [InlineData("softirq", "18446744073709551615", "unknown:18446744073709551615")]
    [InlineData("softirq", "-1", "unknown:-1")]
    public void The_kernels_names_are_taken(string decoder, string number, string text) => Assert.Equal(text, Chain.Later(decoder, number));

    [Theory]
    [InlineData("signal")]
    [InlineData("tcp_state")]
    [InlineData("address_family")]
    [InlineData("protocol")]
    [InlineData("softirq")]
    [InlineData("errno")]
    [InlineData("syscall")]
    public void What_is_no_number_is_refused(string decoder)
    {
        Assert.Throws<DecodeException>(() => Chain.First(decoder, ""));
        Assert.Throws<DecodeException>(() => Chain.First(decoder, "000000000000000000"));
        Assert.Throws<DecodeException>(() => Chain.Later(decoder, "ten"));
    }

    [Theory]
    [InlineData("x86_64", "0", "read")]
    [InlineData("x86_64", "59", "execve")]
    [InlineData("x86_64", "231", "exit_group")]
    [InlineData("x86_64", "334", "rseq")]
    [InlineData("x86_64", "335", "uretprobe")]
    [InlineData("x86_64", "337", "unknown:337")]
    [InlineData("x86_64", "424", "pidfd_send_signal")]
    [InlineData("x86_64", "467", "open_tree_attr")]
    [InlineData("x86_64", "1073741824", "unknown:1073741824")]
    [InlineData("aarch64", "0", "io_setup")]
    [InlineData("aarch64", "63", "read")]
    [InlineData("aarch64", "79", "newfstatat")]
    [InlineData("aarch64", "221", "execve")]
    [InlineData("aarch64", "244", "unknown:244")]
    [InlineData("aarch64", "260", "wait4")]
    [InlineData("aarch64", "293", "rseq")]
    [InlineData("aarch64", "447", "memfd_secret")]
    [InlineData("aarch64", "467", "open_tree_attr")]
    [InlineData("aarch64", "-1", "unknown:-1")]
    [InlineData("riscv64", "63", "unknown:63")]
    public void System_calls_are_those_of_the_machine(string architecture, string number, string text) =>
        Assert.Equal(text, Chain.Later("syscall", number, new FakeMachine { Architecture = architecture }));

    /// <summary>From 424 on new calls have one number on all machines.</summary>
    [Fact]
    public void The_tables_agree_where_the_kernel_does()
    {
        Assert.Equal(Enumerable.Range(424, 46).Select(static number => X64Syscalls.Names[(ulong)number]), Enumerable.Range(424, 46).Select(static number => Arm64Syscalls.Names[(ulong)number]));
        Assert.Equal((337 + 46, 244 + 35 + 46), (X64Syscalls.Names.Numbers.Count(), Arm64Syscalls.Names.Numbers.Count()));
    }
}
