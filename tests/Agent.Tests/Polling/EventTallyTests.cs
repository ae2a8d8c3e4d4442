using System.Buffers.Binary;
using CsCheck;
using EbpfAgent.Polling;

namespace EbpfAgent.Tests.Polling;

public sealed class EventTallyTests
{
    [Theory]
    [InlineData(0, false, false)]
    [InlineData(3, false, false)]
    [InlineData(4, false, true)]
    [InlineData(5, false, false)]
    [InlineData(0, true, false)]
    [InlineData(3, true, false)]
    [InlineData(4, true, true)]
    [InlineData(5, true, true)]
    [InlineData(100, true, true)]
    public void An_event_of_another_size_is_malformed_but_for_what_the_kernel_adds(int length, bool isPadded, bool isTaken)
    {
        var tally = new EventTally(4, 10, isPadded);
        tally.Accept(new byte[length]);
        Assert.Equal(isTaken ? (1, 1UL, 0UL) : (0, 0UL, 1UL), (tally.Keys, tally.Counted, tally.Malformed));
    }

    [Fact]
    public void What_the_kernel_adds_is_no_part_of_the_key()
    {
        var tally = new EventTally(2, 10, isPadded: true);
        tally.Accept([1, 2, 0xee]);
        tally.Accept([1, 2, 0xdd, 0xcc]);
        Assert.Equal(["0102 2"], Read(tally, 2));
    }

    [Fact]
    public void One_key_too_many_is_dropped_and_counted_and_those_before_it_go_on()
    {
        var tally = new EventTally(1, 2, isPadded: false);
        foreach (byte key in (byte[])[1, 2, 3, 1, 3, 4, 2]) tally.Accept([key]);
        Assert.Equal(["01 2", "02 2"], Read(tally, 1));
        Assert.Equal((4UL, 3UL), (tally.Counted, tally.Overflow));
    }

    [Fact]
    public void Keys_take_64_MiB_at_most()
    {
        var tally = new EventTally(1 << 20, int.MaxValue, isPadded: false);
        byte[] key = new byte[1 << 20];
        for (int i = 0; i < 70; i++)
        {
            key[0] = (byte)i;
            tally.Accept(key);
        }

        Assert.Equal((64, 6UL), (tally.Keys, tally.Overflow));
    }

    /// <summary>Events, reads that are kept and reads that are not, in any order: what the reads have told is what was counted.</summary>
    [Fact]
    public void Whatever_is_forgotten_each_event_is_told_once() =>
        Gen.Int[-40, 24].Array[0, 600].Sample(static steps =>
        {
            var reader = new Reader(new EventTally(1, 8, isPadded: false));
            foreach (int step in steps)
            {
                if (step >= 0) reader.Send((byte)step);
                else reader.Read(isKept: step < -10);
            }

            reader.Read(isKept: true);
            return reader.Told.SequenceEqual(reader.Sent);
        });

    [Fact]
    public void Keys_that_rest_make_room_and_begin_at_0_when_they_come_back()
    {
        var tally = new EventTally(1, 4, isPadded: false);
        var reader = new Reader(tally);
        foreach (byte key in (byte[])[1, 2, 3, 4]) reader.Send(key);
        reader.Read(isKept: true);
        reader.Send(4);
        reader.Read(isKept: true);
        // 1, 2 and 3 have not changed; the next read leaves them out, and they are gone once it is kept.
        Assert.Equal(4, tally.Keys);
        Assert.Equal(1, reader.Read(isKept: false));
        reader.Send(4);
        Assert.Equal(4, reader.Read(isKept: true));
        reader.Send(4);
        Assert.Equal(1, reader.Read(isKept: true));
        Assert.Equal(1, tally.Keys);
        foreach (byte key in (byte[])[1, 5, 6]) reader.Send(key);
        Assert.Equal(4, reader.Read(isKept: true));
        Assert.Equal(0UL, tally.Overflow);
        Assert.Equal(reader.Sent, reader.Told);
    }

    [Fact]
    public void As_long_as_there_is_room_nothing_is_forgotten()
    {
        var tally = new EventTally(1, 4, isPadded: false);
        var reader = new Reader(tally);
        reader.Send(1);
        reader.Send(2);
        for (int i = 0; i < 10; i++) Assert.Equal(2, reader.Read(isKept: true));
    }

    [Fact]
    public void Keys_that_come_once_each_are_all_counted_though_they_are_more_than_there_may_be()
    {
        var tally = new EventTally(4, 1000, isPadded: false);
        byte[] keys = [], counts = [];
        int told = 0;
        for (int i = 0; i < 50_000; i++)
        {
            tally.Accept(BitConverter.GetBytes(i));
            if (i % 100 != 99) continue;
            tally.CopyTo(ref keys, ref counts);
            tally.Keep();
            told = Math.Max(told, tally.Keys);
        }

        Assert.Equal((50_000UL, 0UL), (tally.Counted, tally.Overflow));
        Assert.InRange(told, 500, 1000);
    }

    [Fact]
    public void A_known_event_allocates_nothing()
    {
        var tally = new EventTally(8, 100, isPadded: false);
        byte[] sent = new byte[8];
        for (int i = 0; i < 100; i++)
        {
            sent[0] = (byte)i;
            tally.Accept(sent);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++)
        {
            sent[0] = (byte)(i % 100);
            tally.Accept(sent);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(10_100UL, tally.Counted);
    }

    private static string[] Read(EventTally tally, int keySize)
    {
        byte[] keys = [], counts = [];
        int count = tally.CopyTo(ref keys, ref counts);
        return [.. Enumerable.Range(0, count).Select(row => $"{Convert.ToHexString(keys.AsSpan(row * keySize, keySize))} {BinaryPrimitives.ReadUInt64LittleEndian(counts.AsSpan(row * 8))}")];
    }

    /// <summary>Compares each read that is kept with the one before, as a family does.</summary>
    private sealed class Reader(EventTally tally)
    {
        private Dictionary<byte, ulong> _before = [];
        private byte[] _keys = [], _counts = [];

        public ulong[] Sent { get; } = new ulong[256];

        public ulong[] Told { get; } = new ulong[256];

        public void Send(byte key)
        {
            ulong overflow = tally.Overflow;
            tally.Accept([key]);
            if (tally.Overflow == overflow) Sent[key]++;
        }

        public int Read(bool isKept)
        {
            int count = tally.CopyTo(ref _keys, ref _counts);
            if (!isKept) return count;
            Dictionary<byte, ulong> now = [];
            for (int i = 0; i < count; i++) now.Add(_keys[i], BinaryPrimitives.ReadUInt64LittleEndian(_counts.AsSpan(i * 8)));
            foreach ((byte key, ulong events) in now)
            {
                ulong before = _before.GetValueOrDefault(key);
                Assert.True(events >= before, "a count went down without having been left out");
                Told[key] += events - before;
            }

            _before = now;
            tally.Keep();
            return count;
        }
    }
}
