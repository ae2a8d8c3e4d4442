using System.Buffers.Binary;
using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Events;
using EbpfAgent.Polling;

namespace EbpfAgent.Tests.Polling;

public sealed class EventCounterTests : IDisposable
{
    private readonly EventPump _pump = new();
    private readonly FakeEventBuffer _buffer = new();
    private readonly EntryList _sink = new();

    public void Dispose() => _pump.Dispose();

    [Fact]
    public void Each_read_takes_what_is_there_and_gives_every_key_with_all_that_was_counted()
    {
        using EventCounter counter = Counter(_buffer);
        _buffer.Send([1], [2], [1]);
        Assert.Equal(2, counter.Read(_sink));
        Assert.Equal(["01 2", "02 1"], _sink.Last);
        _buffer.Send([2], [3]);
        Assert.Equal(3, counter.Read(_sink));
        Assert.Equal(["01 2", "02 2", "03 1"], _sink.Last);
        Assert.Equal(8, counter.ValueBytes);
    }

    [Fact]
    public void Without_events_there_are_no_entries()
    {
        using EventCounter counter = Counter(_buffer);
        Assert.Equal(0, counter.Read(_sink));
        Assert.Equal(0, _sink.Calls);
    }

    [Fact]
    public void Nothing_is_taken_before_it_is_started()
    {
        _buffer.Send([1]);
        using EventCounter counter = Counter(_buffer);
        Assert.Equal((0, 0), (_buffer.Drains, _buffer.Watches));
        counter.Start();
        counter.Start();
        Assert.Equal(1, _buffer.Watches);
    }

    [Fact]
    public void The_pump_drains_it_and_a_failure_there_is_told_by_the_next_read()
    {
        using EventCounter counter = Counter(_buffer);
        counter.Start();
        _buffer.Send([1]);
        ((IEventDrain)counter).Drain();
        Assert.Equal(1UL, counter.Counted);
        _buffer.Failure = BpfException.With(BpfFailure.Other, "broken");
        Assert.False(((IEventDrain)counter).Drain());
        Assert.Equal("broken", Assert.Throws<BpfException>(() => counter.Read(_sink)).Message);
        _buffer.Failure = null;
        Assert.Equal(1, counter.Read(_sink));
        Assert.Equal(2, _buffer.Watches);
    }

    [Fact]
    public void What_is_in_no_count_is_told_by_its_reason()
    {
        using EventCounter counter = Counter(_buffer, maxKeys: 2);
        _buffer.Send([1], [2], [3], [1, 1], [], [4], [1]);
        _buffer.Lost = 7;
        counter.Read(_sink);
        Assert.Equal(new EventLosses(7, Malformed: 2, Overflow: 2), counter.Losses);
        Assert.Equal(7UL, counter.Lost);
    }

    [Fact]
    public void That_nobody_counts_what_found_no_room_is_not_0()
    {
        using EventCounter counter = Counter(_buffer);
        counter.Read(_sink);
        Assert.Null(counter.Lost);
    }

    [Fact]
    public async Task A_sink_that_hangs_holds_up_no_other_thread()
    {
        using EventCounter counter = Counter(_buffer);
        _buffer.Send([1]);
        using var hangs = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        Task<int> reading = Task.Run(() => counter.Read(new HangingSink(entered, hangs)), TestContext.Current.CancellationToken);
        entered.Wait(TestContext.Current.CancellationToken);
        _buffer.Send([1]);
        ((IEventDrain)counter).Drain();
        Assert.Equal(2UL, counter.Counted);
        hangs.Set();
        Assert.Equal(1, await reading);
    }

    [Fact]
    public void A_later_version_over_the_same_ring_buffer_goes_on_with_each_count()
    {
        using EventCounter old = Counter(_buffer);
        _buffer.Send([1], [1], [2], []);
        old.Read(_sink);
        _buffer.Send([2], [3]);
        var later = new FakeEventBuffer();
        using EventCounter next = Counter(later);
        Assert.True(next.TakeOver(old));
        Assert.Equal(1, later.Watches);
        later.Send([3]);
        Assert.Equal(3, next.Read(_sink));
        Assert.Equal(["01 2", "02 2", "03 2"], _sink.Last);
        Assert.Equal(1UL, next.Losses.Malformed);
        int drains = _buffer.Drains;
        Assert.Equal(0, old.Read(_sink));
        Assert.False(((IEventDrain)old).Drain());
        old.Start();
        Assert.Equal(drains, _buffer.Drains);
    }

    [Fact]
    public void A_later_version_has_its_own_limit_of_keys()
    {
        using EventCounter old = Counter(_buffer, maxKeys: 1);
        _buffer.Send([1], [2]);
        old.Read(_sink);
        var later = new FakeEventBuffer();
        using EventCounter next = Counter(later, maxKeys: 2);
        next.TakeOver(old);
        later.Send([2], [3]);
        next.Read(_sink);
        Assert.Equal(["01 1", "02 1"], _sink.Last);
        Assert.Equal(2UL, next.Losses.Overflow);
    }

    [Fact]
    public void Keys_that_rest_are_forgotten_once_what_was_read_is_kept()
    {
        using EventCounter counter = Counter(_buffer, maxKeys: 2);
        _buffer.Send([1], [2]);
        for (int i = 0; i < 5; i++) Assert.Equal(2, counter.Read(_sink));
        counter.Keep();
        Assert.Equal(0, counter.Read(_sink));
        counter.Keep();
        _buffer.Send([3], [4], [3]);
        Assert.Equal(2, counter.Read(_sink));
        Assert.Equal(["03 2", "04 1"], _sink.Last.Order());
        Assert.Equal(0UL, counter.Losses.Overflow);
    }

    [Theory]
    [InlineData(2u, 1, true)]
    [InlineData(1u, 2, true)]
    [InlineData(1u, 1, false)]
    public void A_later_version_over_another_buffer_or_of_other_events_begins_at_0_and_only_losses_go_on(uint mapId, int keySize, bool sameEvents)
    {
        using EventCounter old = Counter(_buffer, maxKeys: 1);
        _buffer.Send([1], [2], [1, 2, 3]);
        _buffer.Lost = 5;
        old.Read(_sink);
        _buffer.Send([3]);
        _buffer.Lost = 6;
        var later = new FakeEventBuffer(mapId) { Lost = 10 };
        using EventCounter next = Counter(later, keySize: keySize);
        Assert.False(next.TakeOver(old, sameEvents));
        later.Send(new byte[keySize]);
        Assert.Equal(1, next.Read(_sink));
        Assert.Equal(1UL, next.Counted);
        Assert.Equal(new EventLosses(16, Malformed: 1, Overflow: 2), next.Losses);
    }

    [Fact]
    public void A_version_that_was_unloaded_leaves_its_losses()
    {
        EventCounter old = Counter(_buffer);
        _buffer.Send([1], []);
        _buffer.Lost = 3;
        old.Read(_sink);
        old.Dispose();
        var later = new FakeEventBuffer();
        using EventCounter next = Counter(later);
        Assert.False(next.TakeOver(old));
        Assert.Equal(0, next.Read(_sink));
        Assert.Equal(new EventLosses(3, Malformed: 1, Overflow: 0), next.Losses);
    }

    [Fact]
    public void A_version_that_can_no_longer_read_is_followed_all_the_same()
    {
        using EventCounter old = Counter(_buffer);
        _buffer.Send([1]);
        old.Read(_sink);
        _buffer.Failure = BpfException.With(BpfFailure.Other, "broken");
        using EventCounter next = Counter(new FakeEventBuffer());
        Assert.True(next.TakeOver(old));
        next.Read(_sink);
        Assert.Equal(["01 1"], _sink.Last);
    }

    [Fact]
    public void Disposed_it_owns_nothing_and_takes_nothing()
    {
        EventCounter counter = Counter(_buffer);
        counter.Start();
        counter.Dispose();
        counter.Dispose();
        Assert.True(_buffer.IsDisposed);
        Assert.False(((IEventDrain)counter).Drain());
        counter.Maintain();
        Assert.Throws<ObjectDisposedException>(() => counter.Read(_sink));
    }

    [Fact]
    public void A_poll_of_known_keys_allocates_nothing()
    {
        using EventCounter counter = Counter(_buffer);
        for (int i = 0; i < 100; i++) _buffer.Send([(byte)i]);
        var sink = new Nothing();
        counter.Read(sink);
        counter.Read(sink);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) counter.Read(sink);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private EventCounter Counter(FakeEventBuffer buffer, int keySize = 1, int maxKeys = 1000) => new(buffer, keySize, maxKeys, _pump);

    private sealed class EntryList : IEntrySink
    {
        public string[] Last { get; private set; } = [];

        public int Calls { get; private set; }

        public void Accept(ReadOnlySpan<byte> keys, ReadOnlySpan<byte> values, int count)
        {
            Calls++;
            int keySize = keys.Length / count;
            Last = new string[count];
            for (int i = 0; i < count; i++) Last[i] = $"{Convert.ToHexString(keys.Slice(i * keySize, keySize))} {BinaryPrimitives.ReadUInt64LittleEndian(values[(i * 8)..])}";
        }
    }

    private sealed class Nothing : IEntrySink
    {
        public void Accept(ReadOnlySpan<byte> keys, ReadOnlySpan<byte> values, int count)
        {
        }
    }

    private sealed class HangingSink(ManualResetEventSlim entered, ManualResetEventSlim goOn) : IEntrySink
    {
        public void Accept(ReadOnlySpan<byte> keys, ReadOnlySpan<byte> values, int count)
        {
            entered.Set();
            goOn.Wait();
        }
    }
}
