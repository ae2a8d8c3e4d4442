using EbpfAgent.Tests.Configuration;

namespace EbpfAgent.Tests.Decoding.JavaScript;

public sealed class ScriptHostTests
{
    [Theory]
    [InlineData("host.device(8, 1)", "dev8-1")]
    [InlineData("host.device(8n, 1n)", "dev8-1")]
    [InlineData("host.device(4294967295, 0)", "dev4294967295-0")]
    [InlineData("host.ksym(18446744073709551615n)", "sym18446744073709551615")]
    [InlineData("host.ksym(9007199254740991)", "sym9007199254740991")]
    [InlineData("host.ksym(9007199254740993n)", "sym9007199254740993")]
    [InlineData("host.usym(7, 4096n)", "sym7-4096")]
    [InlineData("host.ifname(2)", "eth2")]
    [InlineData("host.netns(4026531840)", "net4026531840")]
    [InlineData("host.cgroup(1n)", "/docker/0000000000000000000000000000000000000000000000000000000000000001")]
    [InlineData("host.user(1000)", "user1000")]
    [InlineData("host.comm(1)", "comm1")]
    [InlineData("host.pciVendor(0x8086)", "vendor32902")]
    [InlineData("host.pciDevice(1, 2)", "pci1-2")]
    [InlineData("host.pciClass(255)", "class255")]
    [InlineData("host.pciSubclass(2, 0)", "class2-0")]
    [InlineData("host.architecture", "x64")]
    public void The_host_answers(string question, string answer)
    {
        using var decoder = Scripts.Body($"return [{question}];");

        Assert.Equal([answer], decoder.Decode([42, 0, 0, 0]));
        Assert.Equal(question != "host.architecture", decoder.MayGoStale);
    }

    [Theory]
    [InlineData("device(0, 1)")]
    [InlineData("ksym(0n)")]
    [InlineData("usym(1, 0)")]
    [InlineData("ifname(0)")]
    [InlineData("netns(0)")]
    [InlineData("cgroup(0)")]
    [InlineData("user(0)")]
    [InlineData("comm(0)")]
    [InlineData("pciVendor(0)")]
    [InlineData("pciDevice(0, 1)")]
    [InlineData("pciClass(0)")]
    [InlineData("pciSubclass(0, 1)")]
    public void What_the_host_does_not_know_is_null(string question) => Assert.Equal("null", Scripts.Value($"return [String(host.{question})];"));

    [Theory]
    [InlineData("device(-1, 'x')", "device(major, minor) takes two whole numbers from 0 to 4294967295")]
    [InlineData("device(1)", "device(major, minor) takes two whole numbers from 0 to 4294967295")]
    [InlineData("device(1, 4294967296n)", "device(major, minor) takes two whole numbers from 0 to 4294967295")]
    [InlineData("device(1, 0.5)", "device(major, minor) takes two whole numbers from 0 to 4294967295")]
    [InlineData("device(1, NaN)", "device(major, minor) takes two whole numbers from 0 to 4294967295")]
    [InlineData("device(1, {valueOf() { return 1; }})", "device(major, minor) takes two whole numbers from 0 to 4294967295")]
    [InlineData("ksym(9007199254740992)", "ksym(address) takes a BigInt or whole number from 0 to 18446744073709551615n")]
    [InlineData("ksym(18446744073709551616n)", "ksym(address) takes a BigInt or whole number from 0 to 18446744073709551615n")]
    [InlineData("ksym(2n ** 4000n)", "ksym(address) takes a BigInt or whole number from 0 to 18446744073709551615n")]
    [InlineData("ksym()", "ksym(address) takes a BigInt or whole number from 0 to 18446744073709551615n")]
    [InlineData("ksym('0x1')", "ksym(address) takes a BigInt or whole number from 0 to 18446744073709551615n")]
    [InlineData("usym(1)", "usym(pid, address) takes a whole number from 0 to 4294967295, and a BigInt or whole number from 0 to 18446744073709551615n")]
    [InlineData("pciVendor(65536)", "pciVendor(vendor) takes a whole number from 0 to 65535")]
    [InlineData("pciClass(256)", "pciClass(class) takes a whole number from 0 to 255")]
    public void Wrong_arguments_are_a_type_error_that_says_the_usage(string call, string usage)
    {
        Assert.Equal($"plugins/disk/decode.js:3:1: decode(key) threw: host.{usage}", Scripts.DecodeError($"return [host.{call}];"));
        Assert.Equal("true", Scripts.Value($"try {{ host.{call}; }} catch (e) {{ return [e instanceof TypeError]; }}"));
    }

    [Theory]
    [InlineData("errno(2)", "ENOENT")]
    [InlineData("errno(-2)", "ENOENT")]
    [InlineData("errno(-2n)", "ENOENT")]
    [InlineData("errno(4294967294)", "ENOENT")]
    [InlineData("errno(18446744073709551614n)", "ENOENT")]
    [InlineData("errno(0)", "success")]
    [InlineData("errno(-4000)", "unknown:-4000")]
    [InlineData("signal(9)", "SIGKILL")]
    [InlineData("signal(0n)", "unknown:0")]
    [InlineData("syscall(257)", "openat")]
    [InlineData("syscall(257n)", "openat")]
    [InlineData("syscall(-1)", "unknown:-1")]
    [InlineData("syscall(100000)", "unknown:100000")]
    [InlineData("tcpState(99)", "unknown:99")]
    [InlineData("addressFamily(9999)", "unknown:9999")]
    [InlineData("protocol(300)", "unknown:300")]
    [InlineData("softirq(77)", "unknown:77")]
    [InlineData("hex(255)", "0xff")]
    [InlineData("hex(18446744073709551615n)", "0xffffffffffffffff")]
    [InlineData("hex([0, 1, 255])", "0001ff")]
    [InlineData("hex([])", "")]
    [InlineData("port(0x5000)", "80")]
    [InlineData("port(0)", "0")]
    [InlineData("ip(0x0100007f)", "127.0.0.1")]
    [InlineData("ip(0x7f000001, 'host')", "127.0.0.1")]
    [InlineData("ip(4294967295n)", "255.255.255.255")]
    [InlineData("ip([10, 0, 0, 1])", "10.0.0.1")]
    [InlineData("ip([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])", "::1")]
    [InlineData("ip([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 1])", "10.0.0.1")]
    [InlineData("mac([0x52, 0x54, 0, 0x12, 0x34, 0x56])", "52:54:00:12:34:56")]
    [InlineData("dname([3, 119, 119, 119, 2, 100, 101, 0])", "www.de")]
    [InlineData("dname('\\x03www\\x02de')", "www.de")]
    [InlineData("dname('')", ".")]
    [InlineData("container('/docker/' + 'ab'.repeat(32))", "abababababababababababababababababababababababababababababababab")]
    [InlineData("container('/system.slice')", "")]
    [InlineData("pod('/kubepods-pod0123456789abcdef0123456789abcdef.slice')", "0123456789abcdef0123456789abcdef")]
    public void The_built_in_decoders_are_functions(string call, string expected)
    {
        using var decoder = Scripts.Body($"return [host.{call}];");

        Assert.Equal([expected], decoder.Decode([42, 0, 0, 0]));
        Assert.False(decoder.MayGoStale);
    }

    [Theory]
    [InlineData("container(1n)", "0000000000000000000000000000000000000000000000000000000000000001")]
    [InlineData("container(0)", "unknown:0")]
    [InlineData("pod(1)", "")]
    public void A_control_group_is_asked_for_by_its_id(string call, string expected)
    {
        using var decoder = Scripts.Body($"return [host.{call}];");

        Assert.Equal([expected], decoder.Decode([42, 0, 0, 0]));
        Assert.True(decoder.MayGoStale);
    }

    [Theory]
    [InlineData("errno()", "errno(number) takes a BigInt or whole number of 64 bits")]
    [InlineData("errno('2')", "errno(number) takes a BigInt or whole number of 64 bits")]
    [InlineData("errno(18446744073709551616n)", "errno(number) takes a BigInt or whole number of 64 bits")]
    [InlineData("errno(-9223372036854775809n)", "errno(number) takes a BigInt or whole number of 64 bits")]
    [InlineData("errno(1.5)", "errno(number) takes a BigInt or whole number of 64 bits")]
    [InlineData("hex('a')", "hex(value) takes a BigInt or whole number of 64 bits, or a list of up to 512 bytes")]
    [InlineData("hex([256])", "hex(value) takes a BigInt or whole number of 64 bits, or a list of up to 512 bytes")]
    [InlineData("hex([,])", "hex(value) takes a BigInt or whole number of 64 bits, or a list of up to 512 bytes")]
    [InlineData("hex(Array(513).fill(0))", "hex(value) takes a BigInt or whole number of 64 bits, or a list of up to 512 bytes")]
    [InlineData("port(65536)", "port(number) takes a whole number from 0 to 65535, in network order as the kernel has it")]
    [InlineData("ip([1, 2, 3])", "ip(address[, order]) takes a whole number from 0 to 4294967295, which \"host\" says is not in network order, or a list of 4 or 16 bytes")]
    [InlineData("ip([1, 2, 3, 4, 5])", "ip(address[, order]) takes a whole number from 0 to 4294967295, which \"host\" says is not in network order, or a list of 4 or 16 bytes")]
    [InlineData("ip([1, 2, 3, 4], 'host')", "ip(address[, order]) takes a whole number from 0 to 4294967295, which \"host\" says is not in network order, or a list of 4 or 16 bytes")]
    [InlineData("ip(1, 'network')", "ip(address[, order]) takes a whole number from 0 to 4294967295, which \"host\" says is not in network order, or a list of 4 or 16 bytes")]
    [InlineData("mac([1, 2, 3])", "mac(bytes) takes a list of 6 bytes")]
    [InlineData("mac('123456')", "mac(bytes) takes a list of 6 bytes")]
    [InlineData("container('docker')", "container(cgroup) takes the id of a control group, a BigInt or whole number, or its path")]
    [InlineData("pod(-1)", "pod(cgroup) takes the id of a control group, a BigInt or whole number, or its path")]
    [InlineData("dname([5, 2])", "dname: a DNS label of 5 bytes has only 1 left in the field")]
    [InlineData("dname([192, 12])", "dname: a DNS label's length is 192, above 63")]
    public void Wrong_arguments_of_a_decoder_are_a_type_error_as_well(string call, string why) => Assert.StartsWith(
        $"host.{why}", Scripts.Value($"try {{ host.{call}; }} catch (e) {{ return [e instanceof TypeError && e.message]; }}"), StringComparison.Ordinal);

    [Fact]
    public void Every_function_is_in_the_declarations_that_editors_read()
    {
        var declared = File.ReadAllText(Path.Combine(Sample.RepositoryRoot(), "plugins", "ebpf-agent.d.ts"));
        var host = declared[declared.IndexOf("interface Host", StringComparison.Ordinal)..declared.IndexOf("declare const host", StringComparison.Ordinal)];
        var names = host.Split('\n').Select(line => line.TrimStart()).Where(line => line.Contains("): ", StringComparison.Ordinal)).Select(line => line[..line.IndexOf('(', StringComparison.Ordinal)]).Distinct().Append("architecture");

        Assert.Equal(Scripts.Value("return [Object.keys(host).sort().join(' ')];"), string.Join(' ', names.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void Labels_that_came_from_the_key_alone_do_not_go_stale()
    {
        using var decoder = Scripts.Body("if (key === 1) host.device(8, 0); return [key];");

        decoder.Decode([0, 0, 0, 0]);
        Assert.False(decoder.MayGoStale);
        decoder.Decode([1, 0, 0, 0]);
        Assert.True(decoder.MayGoStale);
    }
}
