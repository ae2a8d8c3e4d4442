using System.Runtime.InteropServices;
using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Tests.Metrics;

/// <summary>Writes entries of maps as a test wants them, where no program would.</summary>
internal static unsafe class MapWriter
{
    /// <summary>Sets an entry.</summary>
    /// <param name="map">The map.</param>
    /// <param name="key">The key, of the size that the map's have.</param>
    /// <param name="cpus">The values of the CPUs from 0 on, the rest being zeros; of a map that is not per CPU, its value.</param>
    public static void Put<TKey, TValue>(this BpfMap map, TKey key, params ReadOnlySpan<TValue> cpus)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        MapDefinition definition = map.Definition;
        Assert.Equal((definition.KeySize, definition.ValueSize), (sizeof(TKey), sizeof(TValue)));
        byte[] values = new byte[definition.IsPerCpu ? definition.Stride * PossibleCpus.Count : definition.ValueSize];
        for (int cpu = 0; cpu < cpus.Length; cpu++) MemoryMarshal.Write(values.AsSpan(cpu * definition.Stride), cpus[cpu]);
        fixed (byte* value = values) Assert.Equal(0, LibBpf.MapUpdate(map.Handle, (byte*)&key, value, 0));
    }

    public static void Delete<TKey>(this BpfMap map, TKey key)
        where TKey : unmanaged => Assert.Equal(0, LibBpf.MapDelete(map.Handle, (byte*)&key));
}
