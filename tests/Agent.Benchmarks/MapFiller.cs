using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Benchmarks;

/// <summary>Writes into maps what programs would have counted.</summary>
internal static unsafe class MapFiller
{
    public delegate void KeyWriter(Span<byte> key, int number);

    /// <summary>Gives every word of every entry, on every possible CPU, a value that it did not have before.</summary>
    public static void Fill(BpfMap map, int entries, KeyWriter write, ulong round)
    {
        MapDefinition definition = map.Definition;
        ulong[] value = new ulong[definition.Stride / sizeof(ulong) * (definition.IsPerCpu ? PossibleCpus.Count : 1)];
        byte[] key = new byte[definition.KeySize];
        fixed (byte* keyBytes = key)
        fixed (ulong* values = value)
        {
            for (int i = 0; i < entries; i++)
            {
                write(key, i);
                for (int word = 0; word < value.Length; word++) value[word] = (round * 1000) + (ulong)(i + word);
                int result = LibBpf.MapUpdate(map.Handle, keyBytes, (byte*)values, 0);
                if (result < 0) throw BpfException.Of($"can't fill map '{definition.Name}'", result);
            }
        }
    }
}
