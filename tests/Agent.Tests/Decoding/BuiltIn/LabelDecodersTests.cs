using EbpfAgent.Decoding.BuiltIn;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Decoding.BuiltIn;

public sealed class LabelDecodersTests
{
    private static readonly string[] All =
    [
        "address_family", "bool", "cgroup", "comm", "container", "dname", "enum", "errno", "hex", "ifname", "int", "ip", "kstack", "ksym", "mac", "majorminor", "netns", "pci_class", "pci_device",
        "pci_subclass", "pci_vendor", "pid", "pod", "port", "protocol", "regexp", "signal", "softirq", "static_map", "string", "syscall", "tcp_state", "time_buckets", "uid", "uint", "ustack",
    ];

    [Fact]
    public void All_decoders_are_there() => Assert.Equal(All, LabelDecoders.Names);

    [Fact]
    public void A_decoder_that_is_not_there_is_refused_with_those_that_are()
    {
        Assert.Equal($"there is no decoder 'inet_ip'; there are {string.Join(", ", All)}", Chain.Refusal(new("inet_ip")));
        Assert.StartsWith("there is no decoder 'ip'; there are cgroup, dname, errno, hex, ifname, inet_ip, kstack, ksym, lbr,", Chain.Refusal(Chain.Exporter("ip")), StringComparison.Ordinal);
    }

    [Fact]
    public void An_argument_that_is_not_a_decoders_own_is_refused()
    {
        var map = new Dictionary<string, string>();
        var order = new Dictionary<string, string> { ["order"] = "host" };
        Refused(new("uint") { Map = map }, "takes no argument like a map");
        Refused(new("ip") { Items = ["a"] }, "takes no argument like a list");
        Refused(new("regexp") { Items = ["a"], Default = "x" }, "takes no argument like \"default\" or \"allowUnknown\"");
        Refused(new("hex") { AllowUnknown = true }, "takes no argument like \"default\" or \"allowUnknown\"");
        Refused(new("kstack") { OtherField = "pid" }, "takes no argument like the name of a second field");
        Refused(new("uint") { Options = order }, "has no option \"order\"");
        Refused(new("static_map"), "needs a map");
        Refused(new("regexp"), "needs a list");
        Refused(new("regexp") { Items = [] }, "needs a list");
    }

    [Fact]
    public void Which_arguments_a_decoder_takes_is_known()
    {
        Assert.Equal(DecoderArguments.Map | DecoderArguments.Fallback, LabelDecoders.ArgumentsOf("static_map"));
        Assert.Equal(DecoderArguments.Order, LabelDecoders.ArgumentsOf("port"));
        Assert.Equal(DecoderArguments.None, LabelDecoders.ArgumentsOf("nothing"));
    }

    /// <summary>Each decoder that needs no argument gives a text for some size of zeros, and refuses others with no other exception.</summary>
    [Fact]
    public void Every_decoder_reads_zeros_of_some_size()
    {
        foreach (string name in All.Where(static name => LabelDecoders.NeedsNothing(name) && name != "ustack"))
        {
            ILabelStep step = LabelDecoders.Create(new DecoderSpec(name), new FakeMachine(), null);
            Assert.Contains(Enumerable.Range(0, 20), size => Record.Exception(() => step.Decode(new LabelInput(new byte[size]))) is null);
        }
    }

    private static void Refused(DecoderSpec spec, string reason) => Assert.Equal($"the decoder '{spec.Name}' {reason}", Chain.Refusal(spec));
}
