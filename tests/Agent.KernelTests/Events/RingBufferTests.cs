using EbpfAgent.Bpf;
using EbpfAgent.Polling;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Events;

/// <summary>Events of a ring buffer: N that were sent are N in the next read, or are counted as lost.</summary>
public sealed class RingBufferTests : KernelTest, IDisposable
{
    // Of 24 bytes each; the kernel leaves the last byte free.
    private const int RoomOfSmall = 4095 / 24;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly EventObject _events = new("events_ring.bpf.o");

    public void Dispose() => _events.Dispose();

    [Theory]
    [InlineData("large")]
    [InlineData("plain")]
    public void Events_of_all_CPUs_are_counted_by_their_keys(string map)
    {
        using EventCounter counter = _events.Count(map);
        for (int cpu = 0; cpu < PossibleCpus.Count; cpu++) _events.Send($"submit_{map}", 700, key: 0, kinds: 7, cpu);
        Entries first = Entries.Of(counter);
        Assert.Equal(7, first.Keys);
        for (uint key = 0; key < 7; key++) Assert.Equal(100UL * (ulong)PossibleCpus.Count, first[key]);
        _events.Send($"submit_{map}", 3, key: 5);
        _events.Send($"submit_{map}", 2, key: 9);
        Entries second = Entries.Of(counter);
        Assert.Equal((8, (100UL * (ulong)PossibleCpus.Count) + 3, 2UL), (second.Keys, second[5], second[9]));
        Assert.Equal(new EventLosses(map == "plain" ? null : 0UL, 0, 0), counter.Losses);
    }

    [Fact]
    public void What_finds_no_room_is_counted_as_lost_to_the_last_event()
    {
        using EventCounter counter = _events.Count("small");
        _events.Send("submit_small", 1000, key: 1);
        Entries entries = Entries.Of(counter);
        Assert.Equal((RoomOfSmall, 1000 - RoomOfSmall), ((int)entries[1], (int)(counter.Lost ?? 0)));
        _events.Send("submit_small", 100, key: 2);
        Assert.Equal(100UL, Entries.Of(counter)[2]);
        Assert.Equal(1000UL - RoomOfSmall, counter.Lost);
    }

    [Fact]
    public void What_comes_while_no_agent_runs_is_in_the_buffer_or_counted_as_lost()
    {
        using (EventCounter first = _events.Count("small"))
        {
            _events.Send("submit_small", 10, key: 1);
            Assert.Equal(10UL, Entries.Of(first).Total);
        }

        _events.Send("submit_small", 500, key: 1);
        using EventCounter next = _events.Count("small");
        Assert.Equal((ulong)RoomOfSmall, Entries.Of(next).Total);
        Assert.Equal(500UL - RoomOfSmall, next.Lost);
    }

    [Fact]
    public void A_program_counts_what_it_could_not_send_at_all()
    {
        using EventCounter counter = _events.Count("large");
        _events.Send("drop_large", 1, key: 0);
        _events.Send("submit_large", 1, key: 0);
        Assert.Equal(1UL, Entries.Of(counter).Total);
        Assert.Equal(1UL, counter.Lost);
    }

    [Fact]
    public void Events_of_another_size_are_malformed_and_those_taken_back_are_none()
    {
        using EventCounter counter = _events.Count("plain");
        _events.Send("submit_odd", 1, key: 4);
        Entries entries = Entries.Of(counter);
        Assert.Equal((1, 1UL), (entries.Keys, entries[4]));
        Assert.Equal(new EventLosses(null, Malformed: 2, Overflow: 0), counter.Losses);
    }

    [Fact]
    public void One_key_too_many_is_an_overflow()
    {
        using EventCounter counter = _events.Count("large", maxKeys: 10);
        _events.Send("submit_large", 600, key: 0, kinds: 12);
        Assert.Equal(500UL, Entries.Of(counter).Total);
        Assert.Equal(new EventLosses(0, Malformed: 0, Overflow: 100), counter.Losses);
    }

    [Fact]
    public void The_kernel_wakes_for_a_quarter_of_the_buffer_and_not_for_less()
    {
        using EventCounter counter = _events.Count("small");
        counter.Start();
        _events.Send("submit_small", 40, key: 1);
        // An event that wakes at once, after those that don't: once it has been counted, they could have been.
        using EventCounter plain = _events.Count("plain");
        plain.Start();
        _events.Send("submit_plain", 1, key: 1);
        Assert.True(SpinWait.SpinUntil(() => plain.Counted == 1, Patience));
        Assert.Equal(0UL, counter.Counted);
        _events.Send("submit_small", 10, key: 1);
        Assert.True(SpinWait.SpinUntil(() => counter.Counted >= 43, Patience), $"{counter.Counted} events");
        Assert.Equal(50UL, Entries.Of(counter).Total);
    }

    [Fact]
    public void What_is_there_when_it_starts_wakes_at_once()
    {
        using EventCounter counter = _events.Count("small");
        _events.Send("submit_small", 1, key: 1);
        counter.Start();
        Assert.True(SpinWait.SpinUntil(() => counter.Counted == 1, Patience));
    }

    [Fact]
    public void An_idle_counter_is_not_woken()
    {
        using EventCounter large = _events.Count("large"), plain = _events.Count("plain");
        large.Start();
        plain.Start();
        _events.Send("submit_plain", 1, key: 1);
        Assert.True(SpinWait.SpinUntil(() => plain.Counted == 1, Patience));
        long before = _events.Pump.WakeUps;
        TestContext.Current.CancellationToken.WaitHandle.WaitOne(300);
        _events.Send("submit_large", 1000, key: 1);
        TestContext.Current.CancellationToken.WaitHandle.WaitOne(300);
        Assert.Equal(before, _events.Pump.WakeUps);
    }
}
