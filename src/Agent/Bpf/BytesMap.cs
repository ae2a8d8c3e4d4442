using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf;

/// <summary>Bytes of the agent's own as a map of one entry, so that they can be pinned: bpffs keeps no files of other kinds.</summary>
internal static class BytesMap
{
    /// <exception cref="BpfException">The kernel refused.</exception>
    public static unsafe BpfMapHandle Create(ReadOnlySpan<byte> bytes)
    {
        int fd = LibBpf.MapCreate((int)MapKind.Array, "agent_pins", sizeof(uint), (uint)bytes.Length, 1, 0);
        if (fd < 0) throw BpfException.Of("can't create a map for what the agent notes", fd);
        var map = new BpfMapHandle(fd);
        uint first = 0;
        int result;
        fixed (byte* value = bytes) result = LibBpf.MapUpdate(map, (byte*)&first, value, 0);
        if (result >= 0) return map;
        map.Dispose();
        throw BpfException.Of("can't write what the agent notes into a map", result);
    }

    /// <summary>The bytes; null if it is no such map.</summary>
    public static unsafe byte[]? Read(BpfMapHandle map)
    {
        MapInfo info = BpfInfo.Map(map);
        if (info is not { Kind: MapKind.Array, KeySize: sizeof(uint), MaxEntries: 1 }) return null;
        byte[] bytes = new byte[checked((int)info.ValueSize)];
        uint first = 0;
        fixed (byte* value = bytes) return LibBpf.MapLookup(map, (byte*)&first, value) < 0 ? null : bytes;
    }
}
