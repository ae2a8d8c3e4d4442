using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Events;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Bpf.Events;

public sealed class EventTypeTests
{
    private static readonly OpenBpfObject Ring = OpenBpfObject.Open("events_ring.bpf.o", Fixture.Read("events_ring.bpf.o"));

    [Fact]
    public void The_macro_notes_what_an_event_is_and_the_compiler_keeps_its_fields()
    {
        int type = EventType.Find(Ring.Btf, "large") ?? 0;
        var found = Assert.IsType<BtfComposite>(Ring.Btf.Resolve(type));
        Assert.Equal(("disk_event", 16u), (found.Name, found.Size));
        Assert.Equal(["major", "minor", "kind"], found.Members.Select(static member => member.Name));
        Assert.Equal(type, Ring.FindMap("large")!.KeyTypeId);
        Assert.Equal(EventType.Find(Ring.Btf, "small"), EventType.Find(Ring.Btf, "large"));
    }

    [Fact]
    public void A_ring_buffer_that_was_declared_otherwise_has_no_type()
    {
        Assert.Null(EventType.Find(Ring.Btf, "plain"));
        Assert.Equal(0, Ring.FindMap("plain")!.KeyTypeId);
    }

    [Theory]
    [InlineData("struct disk_event", true)]
    [InlineData("disk_event", true)]
    [InlineData(" struct  disk_event ", true)]
    [InlineData("__u32", true)]
    [InlineData("union disk_event", false)]
    [InlineData("struct nothing", false)]
    [InlineData("struct", false)]
    [InlineData("", false)]
    [InlineData("struct disk_event *", false)]
    [InlineData("large", false)]
    public void A_type_is_found_by_the_name_that_C_gives_it(string name, bool isThere) => Assert.Equal(isThere, EventType.FindNamed(Ring.Btf, name) is not null);

    [Fact]
    public void A_note_that_is_no_pointer_is_refused()
    {
        var builder = new BtfBuilder();
        int variable = builder.Variable("large__event", builder.Int("int", 4));
        builder.DataSection(".rodata.events", 4, (variable, 0, 4));
        var btf = Btf.Parse(builder.Build());
        Assert.Equal("BTF: large__event in .rodata.events is int, and not a pointer to the event's type", Assert.Throws<BtfException>(() => EventType.Find(btf, "large")).Message);
    }

    [Fact]
    public void The_object_counts_what_found_no_room_in_a_section_of_its_own()
    {
        Assert.Equal((".data.events", 8), HistogramSections.DropCounter(Ring.Btf, "small"));
        Assert.Equal((".data.events", 0), HistogramSections.DropCounter(Ring.Btf, "large"));
        Assert.Null(HistogramSections.DropCounter(Ring.Btf, "plain"));
    }

    [Fact]
    public void A_ring_buffer_whose_events_have_changed_is_not_shared()
    {
        MapDefinition map = Ring.FindMap("large")!;
        var builder = new BtfBuilder();
        int other = builder.Struct("disk_event", 4, ("major", builder.Int("unsigned int", 4), 0));
        var before = Btf.Parse(builder.Build());
        Assert.Null(MapSharing.Obstacle(map, Ring.Btf, map, Ring.Btf));
        Assert.StartsWith("has another key: ", MapSharing.Obstacle(map, Ring.Btf, map with { KeyTypeId = other }, before), StringComparison.Ordinal);
        Assert.Equal("has a key whose type only one of the versions declares", MapSharing.Obstacle(map, Ring.Btf, map with { KeyTypeId = 0 }, before));
    }

    [Fact]
    public void Perf_event_arrays_are_not_shared()
    {
        using OpenBpfObject perf = OpenBpfObject.Open("events_perf.bpf.o", Fixture.Read("events_perf.bpf.o"));
        MapDefinition map = perf.FindMap("events")!;
        Assert.Equal("is BPF_MAP_TYPE_PERF_EVENT_ARRAY, which is not handed over", MapSharing.Obstacle(map, perf.Btf, map, perf.Btf));
    }
}
