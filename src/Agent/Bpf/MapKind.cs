namespace EbpfAgent.Bpf;

/// <summary>The kernel's map types that the agent has a word for (<c>enum bpf_map_type</c>).</summary>
internal enum MapKind
{
    Hash = 1,
    Array = 2,
    PerfEventArray = 4,
    PerCpuHash = 5,
    PerCpuArray = 6,
    StackTrace = 7,
    LruHash = 9,
    LruPerCpuHash = 10,
    PrefixTrie = 11,
    Queue = 22,
    Stack = 23,
    RingBuffer = 27,
    InodeStorage = 28,
    TaskStorage = 29,
    CgroupStorage = 32,
}

/// <summary>Their names, as <c>bpf/</c> sources write them.</summary>
internal static class MapKinds
{
    public static string Name(this MapKind kind) => kind switch
    {
        MapKind.Hash => "BPF_MAP_TYPE_HASH",
        MapKind.Array => "BPF_MAP_TYPE_ARRAY",
        MapKind.PerfEventArray => "BPF_MAP_TYPE_PERF_EVENT_ARRAY",
        MapKind.PerCpuHash => "BPF_MAP_TYPE_PERCPU_HASH",
        MapKind.PerCpuArray => "BPF_MAP_TYPE_PERCPU_ARRAY",
        MapKind.StackTrace => "BPF_MAP_TYPE_STACK_TRACE",
        MapKind.LruHash => "BPF_MAP_TYPE_LRU_HASH",
        MapKind.LruPerCpuHash => "BPF_MAP_TYPE_LRU_PERCPU_HASH",
        MapKind.PrefixTrie => "BPF_MAP_TYPE_LPM_TRIE",
        MapKind.Queue => "BPF_MAP_TYPE_QUEUE",
        MapKind.Stack => "BPF_MAP_TYPE_STACK",
        MapKind.RingBuffer => "BPF_MAP_TYPE_RINGBUF",
        MapKind.InodeStorage => "BPF_MAP_TYPE_INODE_STORAGE",
        MapKind.TaskStorage => "BPF_MAP_TYPE_TASK_STORAGE",
        MapKind.CgroupStorage => "BPF_MAP_TYPE_CGRP_STORAGE",
        _ => $"map type {(int)kind}",
    };
}
