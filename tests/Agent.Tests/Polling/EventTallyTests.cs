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

    [Fact]
    public void It_counts_as_a_dictionary_does_and_copies_only_the_keys_that_are_new() =>
        Gen.Int[0, 300].Array[0, 200].Array[1, 5].Sample(static rounds =>
        {
            var tally = new EventTally(4, 200, isPadded: false);
            Dictionary<int, ulong> model = [];
            byte[] keys = [], counts = [];
            int copied = 0;
            foreach (int[] round in rounds)
            {
                foreach (int number in round)
                {
                    tally.Accept(BitConverter.GetBytes(number));
                    if (model.ContainsKey(number) || model.Count < 200) model[number] = model.GetValueOrDefault(number) + 1;
                }

                tally.CopyTo(ref keys, ref counts, copied);
                copied = tally.Keys;
            }

            return copied == model.Count && Enumerable.Range(0, copied).All(row =>
                model[BinaryPrimitives.ReadInt32LittleEndian(keys.AsSpan(row * 4))] == BinaryPrimitives.ReadUInt64LittleEndian(counts.AsSpan(row * 8)));
        });

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
        tally.CopyTo(ref keys, ref counts, 0);
        return [.. Enumerable.Range(0, tally.Keys).Select(row => $"{Convert.ToHexString(keys.AsSpan(row * keySize, keySize))} {BinaryPrimitives.ReadUInt64LittleEndian(counts.AsSpan(row * 8))}")];
    }
}
