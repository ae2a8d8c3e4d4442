using EbpfAgent.Decoding.BuiltIn;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Decoding;

/// <summary>Keys that a program of this kernel writes, decoded by the BTF that clang made of its source.</summary>
public sealed class TypedKeyTests : KernelTest
{
    private const ulong TcpSendmsg = 0xffffffff81001000;

    [Fact]
    public void Every_type_of_the_header_says_what_its_field_is()
    {
        using var plugin = new PolledPlugin(new DecodedObject("typed_keys.bpf.o", new FakeMachine { Cgroups = { [8] = $"/kubepods/pod{Uid}/{Container}" } }, ("typed", null)));
        for (int i = 0; i < 3; i++) plugin.Observe("observe_typed", 5, key: 257, junk: TcpSendmsg);
        IReadOnlyDictionary<string, string> labels = plugin.Poll().Samples.Single(static sample => sample.Name == "typed_count").Labels;
        Assert.Equal(
            [
                "calls_error=ENOENT", "calls_call=openat", "calls_signal=SIGKILL", "calls_vector=NET_RX",
                "who_pid=42", "who_comm=nginx", "who_user=ada", "who_interface=eth0", "who_group=/system.slice/ssh.service", $"who_container={Container}", $"who_pod={Uid}",
                "net_v4=127.0.0.1", "net_v4_host=127.0.0.1", "net_v6=::1", "net_port=443", "net_port_host=443", "net_mac=52:00:00:00:00:00", "net_family=AF_INET6", "net_netns=unknown:5",
                "net_state=ESTABLISHED", "net_protocol=tcp", "net_vendor=Intel Corporation",
                "dev=unknown:259:3", "device=82542 Gigabit Ethernet Controller", "class=Network controller", "flag=true", "subclass=Ethernet controller", "name=example.com", "function=tcp_sendmsg",
                "kernel_stack=tcp_sendmsg;unknown:0x1", "user_stack=main+4096", "cookie=0xdeadbeef",
            ],
            labels.Select(static label => $"{label.Key}={label.Value}"));
        Assert.Equal(3UL, plugin.Poll().Count("typed", ("who_pid", "42")));
    }

    [Fact]
    public void Cs_own_types_become_text_without_a_word()
    {
        using var plugin = new PolledPlugin(new DecodedObject("typed_keys.bpf.o", new FakeMachine(), ("plain", null)));
        plugin.Observe("observe_plain", 5, key: 1UL << 63, junk: 7);
        plugin.Observe("observe_plain", 5, key: 1, junk: 3);
        plugin.Observe("observe_plain", 5, key: 1, junk: 3);
        Scrape scrape = plugin.Poll();
        Assert.Equal(
            [
                "wide=9223372036854775808", "delta=-9223372036854775808", "operation=OPERATION_WRITE", "text=abc", "bytes=0102ff", "on=true", "low=5", "high=2748", "rest=0", "pairs=1,-2;3,-4",
                "number=1684234849", "points=200:-1,3:4",
            ],
            scrape.Samples.Single(static sample => sample.Name == "plain_count" && sample.Labels["delta"] != "-1").Labels.Select(static label => $"{label.Key}={label.Value}"));
        Assert.Equal(2UL, scrape.Count("plain", ("wide", "1"), ("delta", "-1"), ("operation", "3")));
    }

    [Fact]
    public void Labels_that_are_chosen_replace_those_of_BTF()
    {
        LabelSpec[] labels =
        [
            new("letters"),
            new("size") { Field = "wide", Decoders = [new("uint"), new("static_map") { Map = new Dictionary<string, string> { ["1"] = "one" }, Default = "more" }] },
            new("op") { Field = "operation", Decoders = [new("regexp") { Items = ["^OPERATION_(?P<name>.*)$"] }] },
        ];
        using var plugin = new PolledPlugin(new DecodedObject("typed_keys.bpf.o", new FakeMachine(), ("plain", labels)));
        plugin.Observe("observe_plain", 5, key: 1, junk: 7);
        plugin.Observe("observe_plain", 5, key: 2, junk: 7);
        plugin.Observe("observe_plain", 5, key: 3, junk: 7);
        plugin.Observe("observe_plain", 5, key: 3, junk: 5);
        Scrape scrape = plugin.Poll();
        Assert.Equal((1UL, 2UL), (scrape.Count("plain", ("letters", "abcd"), ("size", "one"), ("op", "WRITE")), scrape.Count("plain", ("letters", "abcd"), ("size", "more"), ("op", "WRITE"))));
        Assert.Equal(2, scrape.Samples.Count(static sample => sample.Name == "plain_count"));
    }

    [Fact]
    public void A_key_of_one_value_is_named_by_its_type()
    {
        using var plugin = new PolledPlugin(new DecodedObject("typed_keys.bpf.o", new FakeMachine(), ("scalar", null)));
        plugin.Observe("observe_scalar", 5, key: 2);
        plugin.Observe("observe_scalar", 5, key: 0);
        plugin.Observe("observe_scalar", 5, key: 0);
        Scrape scrape = plugin.Poll();
        Assert.Equal((1UL, 2UL), (scrape.Count("scalar", ("errno", "ENOENT")), scrape.Count("scalar", ("errno", "success"))));
    }

    private const string Uid = "8f3c1a52-7c55-4d0c-9a44-1f2e3d4c5b6a";
    private const string Container = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
}
