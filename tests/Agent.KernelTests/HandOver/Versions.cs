using System.Runtime.InteropServices;
using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.HandOver;

/// <summary>Versions of an object, as a test loads and reads them.</summary>
internal static class Versions
{
    public static KernelFacts Kernel { get; } = KernelFacts.Read();

    public static LoadedBpfObject Load(string fixture, IPredecessor? predecessor = null)
    {
        OpenBpfObject opened = OpenBpfObject.Open(fixture, Fixture.Read(fixture));
        try
        {
            return opened.Load(Kernel, predecessor);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public static LoadedBpfObject Run(string fixture)
    {
        LoadedBpfObject loaded = Load(fixture);
        loaded.Attach(Kernel);
        return loaded;
    }

    /// <summary>Loads a version, lets it take over, and disposes the one before.</summary>
    public static LoadedBpfObject Succeed(LoadedBpfObject predecessor, string fixture)
    {
        LoadedBpfObject next = Succeed((IPredecessor)predecessor, fixture);
        predecessor.Dispose();
        return next;
    }

    /// <summary>The same, but the one before stays as it is.</summary>
    public static LoadedBpfObject Succeed(IPredecessor predecessor, string fixture)
    {
        LoadedBpfObject next = Load(fixture, predecessor);
        try
        {
            next.PrepareTakeOver(predecessor, Kernel);
            next.TakeOver(predecessor);
            return next;
        }
        catch
        {
            next.Dispose();
            throw;
        }
    }

    public static BpfMap Map(this IPredecessor from, string map) => from.Maps.Single(one => one.Definition.Name == map);

    /// <summary>What a histogram of four-byte keys counted under each: observations in the order of the slots.</summary>
    public static Dictionary<uint, ulong[]> Histogram(BpfMap map)
    {
        int slots = (map.Definition.ValueSize / sizeof(ulong)) - 1;
        Dictionary<uint, ulong[]> read = [];
        for (uint key = 0; key < map.Definition.MaxEntries; key++)
        {
            if (Read(map, key) is not { } values) continue;
            ulong[] counts = new ulong[slots];
            for (int i = 0; i < values.Length; i++)
            {
                if (i % (slots + 1) is var word and > 0) counts[word - 1] += values[i];
            }

            read.Add(key, counts);
        }

        return read;
    }

    /// <summary>How many observations a histogram made under each key.</summary>
    public static Dictionary<uint, long> Counts(BpfMap map) =>
        Histogram(map).ToDictionary(static one => one.Key, static one => one.Value.Aggregate(0L, static (sum, slot) => sum + (long)slot));

    /// <summary>The calls that all versions have counted.</summary>
    public static long Calls(BpfMap map) => Counts(map).Values.Sum();

    /// <summary>A value's words, of all possible CPUs one after the other; null where there is no such key.</summary>
    public static ulong[]? Read(BpfMap map, uint key)
    {
        ulong[] values = new ulong[map.Definition.Stride / sizeof(ulong) * (map.Definition.IsPerCpu ? PossibleCpus.Count : 1)];
        int result = new MapCalls().Lookup(map.Handle, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in key)), MemoryMarshal.AsBytes(values.AsSpan()));
        Assert.True(result is 0 or -Errno.NoEntry, Errno.Describe(-result));
        return result == 0 ? values : null;
    }

    public static unsafe void Write(BpfMap map, uint key, uint value) => Assert.Equal(0, LibBpf.MapUpdate(map.Handle, (byte*)&key, (byte*)&value, 0));

    /// <summary>Writes a value's words.</summary>
    public static unsafe void WriteWords(BpfMap map, uint key, ulong[] words)
    {
        Assert.Equal(map.Definition.ValueSize, words.Length * sizeof(ulong));
        fixed (ulong* value = words) Assert.Equal(0, LibBpf.MapUpdate(map.Handle, (byte*)&key, (byte*)value, 0));
    }
}
