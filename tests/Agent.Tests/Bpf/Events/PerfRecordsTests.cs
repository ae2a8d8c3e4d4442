using CsCheck;
using EbpfAgent.Bpf;

namespace EbpfAgent.Tests.Bpf.Events;

public sealed class PerfRecordsTests
{
    private readonly EventList _list = new();

    [Fact]
    public void Events_come_in_order_filled_up_as_the_kernel_does_it()
    {
        using var buffer = new FakePerfBuffer(4096);
        buffer.AddSample();
        buffer.AddSample(1);
        buffer.AddSample(1, 2, 3, 4);
        buffer.AddSample(1, 2, 3, 4, 5);
        Assert.Equal(16UL + 16 + 16 + 24, buffer.Records.Drain(_list));
        Assert.Equal(["EEEEEEEE", "01EEEEEE", "01020304", "0102030405EEEEEEEEEEEEEE"], _list.Taken);
        Assert.Equal(buffer.Head, buffer.Tail);
        Assert.Equal(0UL, buffer.Records.Drain(_list));
    }

    [Fact]
    public void Lost_events_are_summed_and_other_records_are_passed_over()
    {
        using var buffer = new FakePerfBuffer(4096);
        buffer.AddLost(3);
        buffer.AddSample(1, 2, 3, 4);
        buffer.Add(FakePerfBuffer.Throttle, new byte[24]);
        buffer.AddLost(ulong.MaxValue - 5);
        buffer.Add(FakePerfBuffer.Lost, new byte[8]);
        buffer.Add(FakePerfBuffer.Sample, []);
        buffer.Records.Drain(_list);
        Assert.Equal(ulong.MaxValue - 2, buffer.Records.Lost);
        Assert.Equal(["01020304"], _list.Taken);
        Assert.Equal(buffer.Head, buffer.Tail);
    }

    [Theory]
    [InlineData(4096UL - 8)]
    [InlineData(4096UL - 16)]
    [InlineData(ulong.MaxValue - 7)]
    public void Records_that_are_broken_at_the_end_of_the_data_come_whole(ulong start)
    {
        using var buffer = new FakePerfBuffer(4096, start);
        for (int i = 0; i < 500; i++)
        {
            buffer.AddSample(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, (byte)(i % 2));
            buffer.Records.Drain(_list);
        }

        Assert.Equal(500, _list.Taken.Count);
        Assert.Equal(["0102030405060708090A0B00", "0102030405060708090A0B01"], _list.Taken.Distinct());
    }

    [Fact]
    public void A_record_as_long_as_there_can_be_is_taken()
    {
        using var buffer = new FakePerfBuffer(65536, start: 65536 - 8);
        buffer.AddSample([.. Enumerable.Repeat((byte)7, 65516)]);
        buffer.Records.Drain(_list);
        Assert.Equal(2 * 65516, Assert.Single(_list.Taken).Length);
    }

    [Theory]
    [InlineData(0, "a record of 0 bytes is said to be in the last 16")]
    [InlineData(7, "a record of 7 bytes is said to be in the last 16")]
    [InlineData(12, "a record of 12 bytes is said to be in the last 16")]
    [InlineData(24, "a record of 24 bytes is said to be in the last 16")]
    [InlineData(65528, "a record of 65528 bytes is said to be in the last 16")]
    public void A_length_that_no_kernel_writes_is_refused(int length, string cause)
    {
        using var buffer = new FakePerfBuffer(4096);
        buffer.Add(FakePerfBuffer.Sample, new byte[8], length);
        Assert.Equal($"perf buffer 'events' does not hold what the kernel writes: {cause}; reload the plugin", Refusal(buffer));
    }

    [Fact]
    public void An_event_longer_than_its_record_is_refused()
    {
        using var buffer = new FakePerfBuffer(4096);
        buffer.Add(FakePerfBuffer.Sample, [5, 0, 0, 0, 1, 2, 3, 4]);
        Assert.Equal("perf buffer 'events' does not hold what the kernel writes: an event of 5 bytes is said to be in a record with 8; reload the plugin", Refusal(buffer));
    }

    [Fact]
    public void More_than_the_buffer_has_is_refused()
    {
        using var buffer = new FakePerfBuffer(4096) { Head = 4104 };
        Assert.Equal("perf buffer 'events' does not hold what the kernel writes: 4104 bytes are said to be in it, and it has 4096; reload the plugin", Refusal(buffer));
    }

    [Fact]
    public void Any_bytes_are_read_or_refused_in_bounded_time() =>
        Gen.Select(Gen.ULong[0, 4104], Gen.Byte.Array[8, 512]).Sample(static (head, bytes) =>
        {
            using var buffer = new FakePerfBuffer(4096);
            for (int i = 0; i < 8; i++) buffer.Add(bytes[i] % 12u, bytes);
            buffer.Head = head;
            try
            {
                buffer.Records.Drain(new EventList());
            }
            catch (BpfException)
            {
                // Refused.
            }

            return buffer.Tail <= head;
        });

    private string Refusal(FakePerfBuffer buffer) => Assert.Throws<BpfException>(() => buffer.Records.Drain(_list)).Message;
}
