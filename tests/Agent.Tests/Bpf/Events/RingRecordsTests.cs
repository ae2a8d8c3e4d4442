using CsCheck;
using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Events;

namespace EbpfAgent.Tests.Bpf.Events;

public sealed class RingRecordsTests
{
    private readonly EventList _list = new();

    [Fact]
    public void Events_of_any_length_come_in_order_with_their_own_bytes()
    {
        using var ring = new FakeRing(4096);
        ring.Add([]);
        ring.Add([1]);
        ring.Add([1, 2, 3, 4, 5, 6, 7, 8]);
        ring.Add([1, 2, 3, 4, 5, 6, 7, 8, 9]);
        Assert.Equal(8UL + 16 + 16 + 24, ring.Records.Drain(_list));
        Assert.Equal(["", "01", "0102030405060708", "010203040506070809"], _list.Taken);
        Assert.Equal(ring.Producer, ring.Consumer);
        Assert.Equal(RingRest.None, ring.Records.Rest());
        Assert.Equal(0UL, ring.Records.Drain(_list));
    }

    [Fact]
    public void An_event_that_was_taken_back_is_none()
    {
        using var ring = new FakeRing(4096);
        ring.Add([1]);
        ring.Add([2, 2], FakeRing.Discarded);
        ring.Add([3]);
        ring.Records.Drain(_list);
        Assert.Equal(["01", "03"], _list.Taken);
        Assert.Equal(ring.Producer, ring.Consumer);
    }

    [Fact]
    public void An_event_that_is_being_written_holds_up_those_behind_it_until_it_is_complete()
    {
        using var ring = new FakeRing(4096);
        ring.Add([1]);
        ulong busy = ring.Add([2], FakeRing.Busy);
        ring.Add([3]);
        Assert.Equal(16UL, ring.Records.Drain(_list));
        Assert.Equal(RingRest.BeingWritten, ring.Records.Rest());
        Assert.Equal(busy, ring.Consumer);
        ring.SetHeader(busy, 1);
        Assert.Equal(RingRest.Some, ring.Records.Rest());
        ring.Records.Drain(_list);
        Assert.Equal(["01", "02", "03"], _list.Taken);
        Assert.Equal(RingRest.None, ring.Records.Rest());
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(4096UL - 8)]
    [InlineData(4096UL - 16)]
    [InlineData(ulong.MaxValue - 15)]
    public void Positions_go_over_the_end_of_the_data_and_of_64_bits(ulong start)
    {
        using var ring = new FakeRing(4096, start);
        for (int i = 0; i < 100; i++)
        {
            ring.Add([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
            ring.Records.Drain(_list);
        }

        Assert.Equal(100, _list.Taken.Count);
        Assert.All(_list.Taken, static taken => Assert.Equal("0102030405060708090A0B0C", taken));
        Assert.Equal(unchecked(start + 2400), ring.Consumer);
    }

    [Fact]
    public void A_full_ring_is_taken_whole()
    {
        using var ring = new FakeRing(4096, start: 8);
        for (int i = 0; i < 256; i++) ring.Add([(byte)i]);
        Assert.Equal(4096UL, ring.Records.Drain(_list));
        Assert.Equal(256, _list.Taken.Distinct().Count());
    }

    [Theory]
    [InlineData(4097UL, 0u, "ring buffer 'events' does not hold what the kernel writes: 4097 bytes are said to be in it, and it has 4096; reload the plugin")]
    [InlineData(ulong.MaxValue, 0u, "ring buffer 'events' does not hold what the kernel writes: 18446744073709551615 bytes are said to be in it, and it has 4096; reload the plugin")]
    [InlineData(16UL, 9u, "ring buffer 'events' does not hold what the kernel writes: an event of 9 bytes is said to be in the last 16; reload the plugin")]
    [InlineData(4096UL, 0x3fff_ffffu, "ring buffer 'events' does not hold what the kernel writes: an event of 1073741823 bytes is said to be in the last 4096; reload the plugin")]
    [InlineData(1UL, 0u, "ring buffer 'events' does not hold what the kernel writes: an event of 0 bytes is said to be in the last 1; reload the plugin")]
    public void What_no_kernel_writes_is_refused(ulong producer, uint header, string message)
    {
        using var ring = new FakeRing(4096);
        ring.SetHeader(0, header);
        ring.Producer = producer;
        Assert.Equal(message, Assert.Throws<BpfException>(() => ring.Records.Drain(_list)).Message);
        Assert.Equal(0UL, ring.Consumer);
    }

    [Fact]
    public void Any_bytes_are_read_or_refused_and_nothing_beyond_the_data() =>
        Gen.Select(Gen.ULong[0, 4104], Gen.UInt.Array[1, 64]).Sample(static (producer, headers) =>
        {
            using var ring = new FakeRing(4096);
            for (int i = 0; i < headers.Length; i++) ring.SetHeader((ulong)i * 8, i % 2 == 0 ? headers[i] & 0xc000_007f : headers[i]);
            ring.Producer = producer;
            var list = new EventList();
            try
            {
                ring.Records.Drain(list);
            }
            catch (BpfException)
            {
                // Refused.
            }

            return ring.Consumer <= producer && list.Taken.Sum(static taken => 8L + (taken.Length / 2)) <= (long)ring.Consumer;
        });
}
