using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Polling;

namespace EbpfAgent.Tests.Polling;

public sealed class MapReaderTests
{
    private readonly FakeMapCalls _calls = new();
    private readonly Sink _sink = new();

    [Fact]
    public void An_empty_map_is_read_to_its_end()
    {
        Assert.Equal(0, Reader(10).Read(_sink));
        Assert.Empty(_sink.Values);
    }

    [Fact]
    public void Entries_that_come_with_the_end_of_the_map_are_taken()
    {
        // The kernel says ENOENT and has filled the buffers all the same.
        _calls.Add(Key(1), Value(10));
        _calls.Add(Key(2), Value(20));
        Assert.Equal(2, Reader(10).Read(_sink));
        Assert.Equal([10, 20], _sink.Of(1, 2));
        Assert.Equal(1, _calls.BatchCalls);
    }

    [Fact]
    public void A_map_of_many_batches_is_read_whole()
    {
        for (int i = 0; i < 1000; i++) _calls.Add(Key(i), Value(i), bucket: i);
        Assert.Equal(1000, Reader(64).Read(_sink));
        Assert.Equal(Enumerable.Range(0, 1000), _sink.Of([.. Enumerable.Range(0, 1000)]));
        Assert.True(_calls.BatchCalls > 10);
    }

    [Fact]
    public void A_hash_bucket_larger_than_the_buffer_makes_it_grow_at_the_same_cursor()
    {
        _calls.Add(Key(0), Value(5), bucket: 0);
        for (int i = 1; i <= 300; i++) _calls.Add(Key(i), Value(i), bucket: 1);
        MapReader reader = Reader(maxEntries: 64, possible: 300);
        Assert.Equal(301, reader.Read(_sink));
        Assert.Equal(5, _sink.Values[0]);
        Assert.Equal(300, _sink.Values[300]);
        // It keeps the size: the next read of the same map has no ENOSPC.
        int before = _calls.BatchCalls;
        reader.Read(new Sink());
        Assert.Equal(1, _calls.BatchCalls - before);
    }

    [Fact]
    public void A_kernel_that_never_has_enough_room_is_not_believed_for_ever()
    {
        _calls.BatchResult = -Errno.NoSpace;
        BpfException e = Assert.Throws<BpfException>(() => Reader(100).Read(_sink));
        Assert.StartsWith("can't read map 'latency': ", e.Message, StringComparison.Ordinal);
        Assert.EndsWith("entries don't hold one of its hash buckets: no space left (ENOSPC)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_read_names_the_map_and_the_cause()
    {
        _calls.Add(Key(1), Value(1));
        _calls.BatchResult = -Errno.NotPermitted;
        BpfException e = Assert.Throws<BpfException>(() => Reader(10).Read(_sink));
        Assert.Equal("can't read map 'latency': operation not permitted (EPERM)", e.Message);
        Assert.Equal(Errno.NotPermitted, e.Errno);
        Assert.Empty(_sink.Values);
    }

    [Theory]
    [InlineData(-Errno.Invalid)]
    [InlineData(-Errno.OperationNotSupported)]
    [InlineData(-Errno.NotSupportedByKernel)]
    public void A_kernel_without_batches_is_read_key_by_key_and_asked_only_once(int result)
    {
        _calls.BatchResult = result;
        for (int i = 0; i < 5; i++) _calls.Add(Key(i), Value(i));
        MapReader reader = Reader(10);
        Assert.Equal(5, reader.Read(_sink));
        Assert.Equal(5, reader.Read(_sink));
        Assert.Equal([0, 1, 2, 3, 4], _sink.Of(0, 1, 2, 3, 4));
        Assert.Equal(1, _calls.BatchCalls);
    }

    [Fact]
    public void A_cursor_that_is_deleted_while_it_is_walked_loses_no_live_key_and_counts_none_twice()
    {
        _calls.BatchResult = -Errno.Invalid;
        for (int i = 0; i < 6; i++) _calls.Add(Key(i), Value(i));
        // Just when the reader stands on key 2 it vanishes, and the kernel starts over from key 0.
        _calls.BeforeNextKey = call =>
        {
            if (call == 3) _calls.Delete(Key(2));
        };
        Reader(10).Read(_sink);
        Assert.Equal([0, 1, 3, 4, 5], _sink.Of(0, 1, 3, 4, 5));
        Assert.Equal(2, _sink.Times[0]);
        Assert.Equal(1, _sink.Times[5]);
    }

    [Fact]
    public void A_key_that_is_gone_between_its_name_and_its_value_is_left_out()
    {
        _calls.BatchResult = -Errno.Invalid;
        _calls.Add(Key(1), Value(1));
        _calls.LookupResult = -Errno.NoEntry;
        Assert.Equal(0, Reader(10).Read(_sink));
    }

    [Fact]
    public void A_value_whose_key_is_gone_at_a_second_look_may_be_anothers_and_is_left_out()
    {
        _calls.BatchResult = -Errno.Invalid;
        _calls.Add(Key(1), Value(2));
        _calls.Add(Key(2), Value(2));
        _calls.AfterLookup = () => _calls.Delete(Key(1));
        Assert.Equal(1, Reader(10).Read(_sink));
        Assert.Equal([2], _sink.Values.Keys);
    }

    [Fact]
    public void A_value_that_another_look_does_not_confirm_is_looked_at_again()
    {
        _calls.BatchResult = -Errno.Invalid;
        _calls.Add(Key(1), Value(267));
        int looks = 0;
        _calls.AfterLookup = () =>
        {
            if (looks++ == 0) _calls.Buckets[0][0] = (Key(1), Value(11));
        };
        Assert.Equal(1, Reader(10).Read(_sink));
        Assert.Equal((11, 3), (_sink.Values[1], looks));
        // One that never stays is taken all the same.
        _calls.AfterLookup = () => _calls.Buckets[0][0] = (Key(1), Value(looks++));
        Assert.Equal(1, Reader(10).Read(_sink));
        Assert.True(_sink.Values[1] > 3);
    }

    [Fact]
    public void A_key_that_a_walk_was_led_past_is_asked_for_by_name()
    {
        _calls.BatchResult = -Errno.Invalid;
        for (int i = 0; i < 6; i++) _calls.Add(Key(i), Value(i));
        MapReader reader = Reader(10);
        Assert.Equal(6, reader.Read(_sink));
        _calls.Delete(Key(4));
        // As if the memory of key 0 had become that of key 3.
        _calls.AfterKey = Key(0);
        _calls.NextIs = Key(3);
        var second = new Sink();
        Assert.Equal(5, reader.Read(second));
        Assert.Equal([0, 1, 2, 3, 5], second.Values.Keys.Order());
        Assert.Equal([3, 5], second.Values.Keys.Skip(1).Take(2));
        var third = new Sink();
        Assert.Equal(5, reader.Read(third));
    }

    [Fact]
    public void A_map_that_changes_faster_than_it_can_be_walked_is_given_up()
    {
        _calls.BatchResult = -Errno.Invalid;
        for (int i = 0; i < 4; i++) _calls.Add(Key(i), Value(i));
        int fresh = 1000;
        _calls.BeforeNextKey = call =>
        {
            if (call == 0) return;
            _calls.Buckets[0].RemoveAt(0);
            _calls.Add(Key(fresh++), Value(1));
        };
        BpfException e = Assert.Throws<BpfException>(() => Reader(4).Read(_sink));
        Assert.Contains("map 'latency' changes faster than it can be read", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_value_ends_a_walk()
    {
        _calls.BatchResult = -Errno.Invalid;
        _calls.Add(Key(1), Value(1));
        _calls.LookupResult = -Errno.NotPermitted;
        Assert.Throws<BpfException>(() => Reader(10).Read(_sink));
    }

    [Fact]
    public void The_values_of_all_possible_cpus_are_a_stride_apart_and_those_of_other_maps_are_not()
    {
        var definition = new MapDefinition("m", MapKind.PerCpuHash, 4, 12, 10, 0, 0);
        Assert.Equal(16, definition.Stride);
        Assert.Equal(48, new MapReader(_calls, new BpfMap(definition, new BpfMapHandle(-1)), possibleCpus: 3).ValueBytes);
        MapDefinition plain = definition with { Kind = MapKind.Hash };
        Assert.Equal(12, new MapReader(_calls, new BpfMap(plain, new BpfMapHandle(-1)), possibleCpus: 3).ValueBytes);
    }

    private MapReader Reader(uint maxEntries, uint possible = 0)
    {
        var definition = new MapDefinition("latency", MapKind.PerCpuHash, 4, 8, Math.Max(maxEntries, possible), 0, 0);
        // Values of 64 KiB a CPU would make batches small; here the sizes of the fake map do.
        return new MapReader(_calls, new BpfMap(definition, new BpfMapHandle(-1)), possibleCpus: 1, firstBatch: (int)maxEntries);
    }

    private static byte[] Key(int key) => BitConverter.GetBytes(key);

    private static byte[] Value(long value) => BitConverter.GetBytes(value);

    private sealed class Sink : IEntrySink
    {
        public Dictionary<int, long> Values { get; } = [];

        public Dictionary<int, int> Times { get; } = [];

        public IEnumerable<int> Of(params int[] keys) => keys.Select(key => (int)Values[key]);

        public void Accept(ReadOnlySpan<byte> keys, ReadOnlySpan<byte> values, int count)
        {
            for (int i = 0; i < count; i++)
            {
                int key = BitConverter.ToInt32(keys[(i * 4)..]);
                Values[key] = BitConverter.ToInt64(values[(i * 8)..]);
                Times[key] = Times.GetValueOrDefault(key) + 1;
            }
        }
    }
}
