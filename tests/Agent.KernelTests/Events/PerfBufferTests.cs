using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Events;
using EbpfAgent.Polling;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Events;

/// <summary>Events of perf buffers: the same promises, a buffer for each CPU.</summary>
public sealed class PerfBufferTests : KernelTest, IDisposable
{
    private const int Page = 4096;

    // A header of 8 bytes and 4 of length, 16 of the event, and 4 to fill it up.
    private const int RecordSize = 32;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly EventObject _events = new("events_perf.bpf.o");

    public void Dispose() => _events.Dispose();

    [Fact]
    public void Events_of_each_CPU_are_counted_by_their_keys()
    {
        using EventCounter counter = _events.Count("events");
        for (int cpu = 0; cpu < PossibleCpus.Count; cpu++) _events.Send("send", 700, key: (ulong)cpu * 10, kinds: 7, cpu);
        Entries entries = Entries.Of(counter);
        Assert.Equal(7 * PossibleCpus.Count, entries.Keys);
        for (int cpu = 0; cpu < PossibleCpus.Count; cpu++) Assert.Equal(100UL, entries[(uint)(cpu * 10) + 3]);
        Assert.Equal(new EventLosses(0, 0, 0), counter.Losses);
    }

    [Fact]
    public void What_finds_no_room_is_counted_as_lost_at_once_and_for_each_CPU()
    {
        using EventCounter counter = Small();
        int fits = Page / RecordSize;
        for (int cpu = 0; cpu < PossibleCpus.Count; cpu++) _events.Send("send", 300, key: 1, cpu: cpu);
        ulong counted = Entries.Of(counter).Total;
        Assert.InRange(counted, (ulong)((fits - 1) * PossibleCpus.Count), (ulong)(fits * PossibleCpus.Count));
        Assert.Equal((300UL * (ulong)PossibleCpus.Count) - counted, counter.Lost);
        // The kernel now says so in the buffer too, and that is not counted a second time.
        for (int cpu = 0; cpu < PossibleCpus.Count; cpu++) _events.Send("send", 10, key: 2, cpu: cpu);
        Assert.Equal(10UL * (ulong)PossibleCpus.Count, Entries.Of(counter)[2]);
        Assert.Equal((300UL * (ulong)PossibleCpus.Count) - counted, counter.Lost);
    }

    [Theory]
    [InlineData(15, false)]
    [InlineData(16, true)]
    [InlineData(17, true)]
    [InlineData(64, true)]
    [InlineData(1, false)]
    public void A_longer_event_is_cut_to_the_key_and_a_shorter_one_is_malformed_unless_the_kernel_fills_it_up(int length, bool isTaken)
    {
        // 12 bytes are what the kernel makes of 5 to 12, and 20 of 13 to 20.
        bool isFilled = length is > 12 and < 16;
        using EventCounter counter = _events.Count("events");
        _events.Send("send_long", 1, key: 0, kinds: length);
        Assert.Equal(isTaken || isFilled ? 1UL : 0, Entries.Of(counter).Total);
        Assert.Equal(isTaken || isFilled ? 0UL : 1, counter.Losses.Malformed);
    }

    [Fact]
    public void The_kernel_wakes_for_a_quarter_of_a_CPUs_buffer_and_not_for_less()
    {
        using EventCounter counter = Small();
        counter.Start();
        _events.Send("send", 20, key: 1);
        TestContext.Current.CancellationToken.WaitHandle.WaitOne(200);
        Assert.Equal((0UL, 0L), (counter.Counted, _events.Pump.WakeUps));
        _events.Send("send", 30, key: 1);
        Assert.True(SpinWait.SpinUntil(() => counter.Counted >= 33, Patience), $"{counter.Counted} events");
        Assert.Equal(50UL, Entries.Of(counter).Total);
    }

    [Fact]
    public void A_CPU_that_comes_gets_a_buffer_and_one_that_goes_leaves_what_was_in_its_own()
    {
        Assert.SkipUnless(PossibleCpus.Count > 1, "needs two CPUs");
        HashSet<int> online = [0];
        using EventCounter counter = _events.Count("events", PerfBuffer.Open(_events.Loaded.Map("events"), Page, () => online));
        counter.Start();
        _events.Send("send", 5, key: 1, cpu: 0);
        // Nobody has a buffer for it: neither kept nor counted.
        _events.Send("send", 5, key: 2, cpu: 1);
        online.Add(1);
        counter.Maintain();
        _events.Send("send", 300, key: 3, cpu: 1);
        Entries both = Entries.Of(counter);
        Assert.Equal((5UL, 0UL), (both[1], both[2]));
        Assert.Equal(300UL, both[3] + counter.Lost);
        _events.Send("send", 7, key: 4, cpu: 1);
        online.Remove(1);
        counter.Maintain();
        _events.Send("send", 5, key: 5, cpu: 1);
        Entries after = Entries.Of(counter);
        Assert.Equal((7UL, 0UL), (after[4], after[5]));
        Assert.Equal(300UL, after[3] + counter.Lost);
        online.Add(1);
        counter.Maintain();
        counter.Maintain();
        _events.Send("send", 9, key: 6, cpu: 1);
        Assert.Equal(9UL, Entries.Of(counter)[6]);
    }

    [Fact]
    public void A_later_version_begins_at_0_with_buffers_of_its_own_and_loses_nothing()
    {
        using EventCounter old = Small();
        _events.Send("send", 300, key: 1);
        ulong lost = 300 - Entries.Of(old).Total;
        using var later = new EventObject("events_perf.bpf.o");
        using EventCounter next = later.Count("events");
        later.Send("send", 10, key: 1);
        _events.Send("send", 20, key: 1);
        Assert.Equal(320UL - lost, Entries.Of(old).Total);
        Assert.False(next.TakeOver(old));
        Assert.Equal(10UL, Entries.Of(next).Total);
        Assert.Equal(lost, next.Lost);
    }

    private EventCounter Small() => _events.Count("events", PerfBuffer.Open(_events.Loaded.Map("events"), Page, static () => OnlineCpus.Read()));
}
