using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Prometheus;

namespace EbpfAgent.Health;

/// <summary>What the agent itself costs its host.</summary>
internal sealed class ProcessMetrics
{
    private readonly Counter _cpu;
    private readonly Gauge _resident;
    private readonly Gauge _heap;
    private readonly Counter _allocated;
    private readonly Counter _collections;
    private readonly Counter _pauses;
    private readonly Gauge _threads;

    public ProcessMetrics(IMetricFactory metrics, TimeProvider time)
    {
        string version = typeof(ProcessMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        metrics.CreateGauge("ebpf_agent_build_info", "Always 1; the labels say what runs.", ["version", "runtime", "architecture"])
            .WithLabels(version, RuntimeInformation.FrameworkDescription, RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()).Set(1);
        metrics.CreateGauge("ebpf_agent_start_time_seconds", "When the agent started, in seconds since 1970.")
            .Set(time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
        _cpu = metrics.CreateCounter("ebpf_agent_cpu_seconds_total", "CPU time that the agent has used, in user and kernel mode.");
        _resident = metrics.CreateGauge("ebpf_agent_resident_memory_bytes", "Memory that the agent holds, without its maps in the kernel.");
        _heap = metrics.CreateGauge("ebpf_agent_gc_heap_bytes", "Size of the managed heap after its last collection.");
        _allocated = metrics.CreateCounter("ebpf_agent_gc_allocated_bytes_total", "Bytes that were allocated on the managed heap.");
        _collections = metrics.CreateCounter("ebpf_agent_gc_collections_total", "Garbage collections, by generation.", ["generation"]);
        _pauses = metrics.CreateCounter("ebpf_agent_gc_pause_seconds_total", "Time that the agent stood still for garbage collections.");
        _threads = metrics.CreateGauge("ebpf_agent_threads", "Threads of the agent.");
    }

    public void Update()
    {
        _cpu.IncTo(Environment.CpuUsage.TotalTime.TotalSeconds);
        _resident.Set(Environment.WorkingSet);
        _heap.Set(GC.GetGCMemoryInfo().HeapSizeBytes);
        _allocated.IncTo(GC.GetTotalAllocatedBytes());
        for (int generation = 0; generation <= GC.MaxGeneration; generation++)
            _collections.WithLabels(generation.ToString()).IncTo(GC.CollectionCount(generation));
        _pauses.IncTo(GC.GetTotalPauseDuration().TotalSeconds);
        _threads.Set(CountThreads());
    }

    private static int CountThreads()
    {
        const string Field = "Threads:";
        string? line = File.ReadLines("/proc/self/status").FirstOrDefault(static l => l.StartsWith(Field, StringComparison.Ordinal));
        return line is null ? 0 : int.Parse(line.AsSpan(Field.Length).Trim(), CultureInfo.InvariantCulture);
    }
}
