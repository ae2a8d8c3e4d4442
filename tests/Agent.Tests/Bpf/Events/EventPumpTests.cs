using EbpfAgent.Bpf.Events;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Tests.Bpf.Events;

public sealed class EventPumpTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly EventPump _pump = new();
    private readonly EventHandle _ready = LibC.OpenReadyEvent();
    private readonly Drains _drains = new();

    public void Dispose()
    {
        _pump.Dispose();
        _ready.Dispose();
    }

    [Fact]
    public void What_is_ready_is_drained_once_and_again_when_it_is_asked_for()
    {
        using EventWatch watch = _pump.Watch(_drains);
        watch.Add(_ready, "a test");
        Assert.True(_drains.Wait(1));
        watch.WakeNow(_ready);
        Assert.True(_drains.Wait(2));
        WakeWithAnother();
        Assert.Equal(2, _drains.Count);
    }

    [Fact]
    public void What_was_removed_wakes_no_more_and_can_be_added_again()
    {
        using EventWatch watch = _pump.Watch(_drains);
        watch.Add(_ready, "a test");
        Assert.True(_drains.Wait(1));
        watch.Remove(_ready);
        watch.Remove(_ready);
        watch.WakeNow(_ready);
        WakeWithAnother();
        Assert.Equal(1, _drains.Count);
        watch.Add(_ready, "a test");
        Assert.True(_drains.Wait(2));
    }

    [Fact]
    public void A_watch_that_was_disposed_wakes_no_more()
    {
        EventWatch watch = _pump.Watch(_drains);
        watch.Add(_ready, "a test");
        Assert.True(_drains.Wait(1));
        watch.Dispose();
        watch.WakeNow(_ready);
        WakeWithAnother();
        Assert.Equal(1, _drains.Count);
    }

    [Fact]
    public void Adding_what_is_there_is_refused_by_the_kernel()
    {
        using EventWatch watch = _pump.Watch(_drains);
        watch.Add(_ready, "a test");
        Assert.StartsWith("can't wait for a test: ", Assert.Throws<EbpfAgent.Bpf.BpfException>(() => watch.Add(_ready, "a test")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_end_waits_for_a_drain_that_is_under_way_and_none_follows()
    {
        using EventWatch watch = _pump.Watch(_drains);
        watch.Add(_ready, "a test");
        Assert.True(_drains.Wait(1));
        _pump.Dispose();
        _pump.Dispose();
        long wakeUps = _pump.WakeUps;
        Assert.Throws<ObjectDisposedException>(() => _pump.Watch(_drains));
        Assert.Equal((1, wakeUps), (_drains.Count, _pump.WakeUps));
    }

    [Fact]
    public void Without_anything_to_watch_it_has_no_thread_to_end()
    {
        using var pump = new EventPump();
        Assert.Equal(0, pump.WakeUps);
    }

    // The pump's thread is one: when this has been drained, so has all that came before.
    private void WakeWithAnother()
    {
        var other = new Drains();
        using EventHandle ready = LibC.OpenReadyEvent();
        using EventWatch watch = _pump.Watch(other);
        watch.Add(ready, "another");
        Assert.True(other.Wait(1));
    }

    private sealed class Drains : IEventDrain
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public bool Wait(int count) => SpinWait.SpinUntil(() => Count >= count, Patience);

        public bool Drain()
        {
            Interlocked.Increment(ref _count);
            return false;
        }
    }
}
