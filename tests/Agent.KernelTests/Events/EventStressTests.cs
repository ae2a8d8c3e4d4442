using EbpfAgent.Polling;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Events;

/// <summary>Events from all CPUs while they are taken: none is lost in silence, and none is counted twice.</summary>
public sealed class EventStressTests : KernelTest
{
    private const int EventsOfEach = 500_000;
    private const int Kinds = 250;

    [Theory]
    [InlineData("events_ring.bpf.o", "large", "submit_large")]
    [InlineData("events_ring.bpf.o", "small", "submit_small")]
    [InlineData("events_perf.bpf.o", "events", "send")]
    public void A_million_events_are_counted_or_known_to_be_lost(string fixture, string map, string program)
    {
        using var events = new EventObject(fixture);
        using EventCounter counter = events.Count(map);
        counter.Start();
        Thread[] senders = [.. Enumerable.Range(0, 2).Select(sender => LinuxThread.StartOn(sender, () => events.Send(program, EventsOfEach, key: 0, Kinds, sender)))];
        ulong before = 0;
        while (senders.Any(static sender => sender.IsAlive))
        {
            ulong now = Entries.Of(counter).Total;
            Assert.InRange(now, before, 2UL * EventsOfEach);
            before = now;
        }

        Entries entries = Entries.Of(counter);
        TestContext.Current.TestOutputHelper?.WriteLine($"{entries.Total} counted, {counter.Lost} lost, {events.Pump.WakeUps} wake-ups");
        Assert.Equal(Kinds, entries.Keys);
        Assert.Equal(2UL * EventsOfEach, entries.Total + counter.Lost);
        Assert.Equal(new EventLosses(counter.Lost, 0, 0), counter.Losses);
        if (map != "large") return;
        Assert.Equal(0UL, counter.Lost);
        for (uint key = 0; key < Kinds; key++) Assert.Equal(2UL * EventsOfEach / Kinds, entries[key]);
    }

    [Fact]
    public void The_pump_alone_keeps_up_with_a_ring_buffer_that_a_program_wakes_for()
    {
        const int Sent = 200_000;
        using var events = new EventObject("events_ring.bpf.o");
        using EventCounter counter = events.Count("plain");
        counter.Start();
        // 24 bytes each: the buffer holds 10922. A sender that waits for the pump twice as often never fills it.
        for (int sent = 0; sent < Sent; sent += 5000)
        {
            events.Send("submit_plain", 5000, key: 0, kinds: 5);
            Assert.True(SpinWait.SpinUntil(() => counter.Counted == (ulong)sent + 5000, TimeSpan.FromSeconds(10)), $"{counter.Counted} of {sent + 5000} events were taken");
        }

        Assert.Equal((ulong)Sent / 5, Entries.Of(counter)[3]);
    }

    [Theory]
    [InlineData("events_ring.bpf.o", "plain", "submit_plain")]
    [InlineData("events_perf.bpf.o", "events", "send")]
    public void Counters_come_and_go_while_events_arrive_and_leave_nothing_behind(string fixture, string map, string program)
    {
        using var events = new EventObject(fixture);
        Cycle(events, map);
        (int descriptors, int mappings) = (KernelIds.Descriptors(), Mappings());
        bool isOver = false;
        Thread sender = LinuxThread.StartOn(1, () =>
        {
            while (!Volatile.Read(ref isOver)) events.Send(program, 1000, key: 0, Kinds, cpu: 1);
        });
        for (int i = 0; i < 200; i++) Cycle(events, map);
        Volatile.Write(ref isOver, true);
        sender.Join();
        Assert.Equal((descriptors, mappings), (KernelIds.Descriptors(), Mappings()));
    }

    private static void Cycle(EventObject events, string map)
    {
        EventCounter counter = events.Count(map);
        counter.Start();
        Entries.Of(counter);
        counter.Dispose();
    }

    private static int Mappings() => File.ReadLines("/proc/self/maps").Count(static line => line.Contains("anon_inode:bpf-map", StringComparison.Ordinal) || line.Contains("anon_inode:[perf_event]", StringComparison.Ordinal));
}
