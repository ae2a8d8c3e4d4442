using EbpfAgent.Polling;
using EbpfAgent.Tests.HandOver;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Events;

/// <summary>A ring buffer goes from one version of an object to the next with all that is in it, and its counts with it.</summary>
public sealed class EventTakeOverTests : KernelTest
{
    private const int EventsOfEach = 20_000;
    private const int Kinds = 100;

    [Fact]
    public void Versions_that_take_over_under_load_count_each_event_once()
    {
        using var events = new EventObject("events_ring.bpf.o");
        EventCounter counter = events.Count("large");
        counter.Start();
        for (int version = 1; version <= 20; version++)
        {
            Thread[] senders = [.. Enumerable.Range(0, 2).Select(sender => LinuxThread.StartOn(sender, () => events.Send("submit_large", EventsOfEach, key: 0, Kinds, sender)))];
            EventCounter next = events.Count("large");
            // Whatever the senders have come to.
            Entries.Of(counter);
            Assert.True(next.TakeOver(counter));
            counter.Dispose();
            counter = next;
            Entries.Of(counter);
            foreach (Thread sender in senders) sender.Join();
            Entries entries = Entries.Of(counter);
            for (uint key = 0; key < Kinds; key++) Assert.Equal((ulong)version * 2 * EventsOfEach / Kinds, entries[key]);
        }

        Assert.Equal(0UL, counter.Lost);
        counter.Dispose();
    }

    [Fact]
    public void A_new_object_shares_the_buffer_its_drops_and_what_nobody_has_taken()
    {
        using var first = new EventObject("events_ring.bpf.o");
        EventCounter old = first.Count("small");
        first.Send("submit_small", 300, key: 1);
        ulong counted = Entries.Of(old).Total;
        using var second = new EventObject(Versions.Load("events_ring.bpf.o", first.Loaded)) { Pump = first.Pump };
        Assert.True(second.Loaded.IsShared("small"));
        using EventCounter next = second.Count("small");
        first.Send("submit_small", 10, key: 1);
        second.Send("submit_small", 20, key: 2);
        Assert.True(next.TakeOver(old));
        old.Dispose();
        second.Send("submit_small", 5, key: 2);
        Entries entries = Entries.Of(next);
        Assert.Equal((counted + 10, 25UL), (entries[1], entries[2]));
        Assert.Equal(300UL - counted, next.Lost);
        // The counter of what found no room is the same one, too.
        second.Send("submit_small", 1000, key: 3);
        Assert.Equal(1000UL, Entries.Of(next)[3] + next.Lost - (300UL - counted));
    }

    [Fact]
    public void A_new_object_that_shares_nothing_goes_on_from_the_losses_only()
    {
        using var first = new EventObject("events_ring.bpf.o");
        using EventCounter old = first.Count("small");
        first.Send("submit_small", 300, key: 1);
        ulong lost = 300 - Entries.Of(old).Total;
        using var second = new EventObject("events_ring.bpf.o");
        using EventCounter next = second.Count("small");
        next.Start();
        second.Send("submit_small", 20, key: 1);
        Assert.False(next.TakeOver(old));
        Assert.Equal(20UL, Entries.Of(next)[1]);
        Assert.Equal(lost, next.Lost);
    }
}
