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
