using EbpfAgent.Abstractions;
using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Attaching;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Bpf.Attaching;

public sealed class PlaceSectionsTests
{
    [Theory]
    [InlineData("perf_event/type=1,config=0,frequency=99", 1u, 0ul, 99ul)]
    [InlineData("perf_event/type=0,config=3,frequency=1", 0u, 3ul, 1ul)]
    [InlineData("perf_event/frequency=7,type=4,config=18446744073709551615", 4u, ulong.MaxValue, 7ul)]
    [InlineData("perf_event/type=1", 1u, 0ul, 0ul)]
    public void A_perf_event_is_named_by_its_section(string section, uint type, ulong config, ulong frequency)
    {
        var attachment = Assert.IsType<PerfEventAttachment>(PlaceSections.Attachment(section));
        Assert.Equal((type, config, frequency, 0ul), (attachment.Type, attachment.Config, attachment.Frequency, attachment.Period));
    }

    [Fact]
    public void An_XDP_programs_interface_is_named_by_its_section() =>
        Assert.Equal(["eth0.100"], Assert.IsType<XdpAttachment>(PlaceSections.Attachment("xdp/eth0.100")).Interfaces);

    [Theory]
    [InlineData("perf_event")]
    [InlineData("xdp")]
    [InlineData("xdp.frags")]
    [InlineData("tp_btf/sched_switch")]
    [InlineData("kprobe/xdp/x")]
    [InlineData("")]
    public void A_section_that_libbpf_understands_is_left_to_it(string section) => Assert.Null(PlaceSections.Attachment(section));

    [Theory]
    [InlineData("perf_event/", "expected type=, config= or frequency=; found \"\"")]
    [InlineData("perf_event/type", "expected a whole number after type=; found \"type\"")]
    [InlineData("perf_event/type=", "expected a whole number after type=; found \"type=\"")]
    [InlineData("perf_event/type=-1", "expected a whole number after type=; found \"type=-1\"")]
    [InlineData("perf_event/type=1,", "expected type=, config= or frequency=; found \"\"")]
    [InlineData("perf_event/period=1", "expected type=, config= or frequency=; found \"period=1\"")]
    [InlineData("perf_event/config=18446744073709551616", "expected a whole number after config=; found \"config=18446744073709551616\"")]
    [InlineData("perf_event/type=4294967296", "there is no type 4294967296")]
    [InlineData("xdp/", "no interface is named after \"xdp/\"")]
    public void A_section_that_is_wrong_is_named(string section, string problem) =>
        Assert.Equal($"the section \"{section}\" can't be read: {problem}", Assert.Throws<FormatException>(() => PlaceSections.Attachment(section)).Message);

    [Fact]
    public void A_programs_section_is_found_in_its_object()
    {
        using var bpf = OpenBpfObject.Open("exporter_clock", Fixture.Read("exporter_clock.bpf.o"));
        Assert.IsType<PerfEventAttachment>(PlaceSections.Attachment(Assert.Single(bpf.Programs).Section));
    }
}
