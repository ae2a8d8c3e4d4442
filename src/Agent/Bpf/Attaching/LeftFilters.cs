using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf.Attaching;

/// <summary>
/// Filters that an agent which was killed has left: they run a dispatcher whose switch the kernel has emptied, since nobody holds it. One that another agent is about to start looks the same
/// for some milliseconds; it would find its filter gone, and put it back within a second.
/// </summary>
internal static unsafe class LeftFilters
{
    private static readonly Lock Gate = new();

    // The dispatchers that this process has at filters: an interface each, so some of them several times.
    private static readonly Dictionary<uint, int> Own = [];

    public static void Register(uint program)
    {
        lock (Gate) Own[program] = Own.GetValueOrDefault(program) + 1;
    }

    public static void Unregister(uint program)
    {
        lock (Gate)
        {
            if (--Own[program] == 0) Own.Remove(program);
        }
    }

    /// <summary>Removes those on one side of an interface. What can't be looked into (it takes CAP_SYS_ADMIN) stays.</summary>
    public static void Remove(TrafficControlHook hook)
    {
        foreach (ListedFilter filter in hook.Filters())
        {
            if (!filter.Name.StartsWith(Dispatcher.Name + ":[", StringComparison.Ordinal) || IsOwn(filter.ProgramId) || !IsEmpty(filter.ProgramId)) continue;
            var options = new LibBpf.TrafficControlOptions { Size = (nuint)sizeof(LibBpf.TrafficControlOptions), Handle = filter.Handle, Priority = filter.Priority };
            LibBpf.TrafficControlPoint point = hook.Point;
            _ = LibBpf.TrafficControlDetach(&point, &options);
        }
    }

    private static bool IsOwn(uint program)
    {
        lock (Gate) return Own.ContainsKey(program);
    }

    private static bool IsEmpty(uint dispatcher)
    {
        int fd = LibBpf.ProgramById(dispatcher);
        if (fd < 0) return false;
        using var program = new BpfProgramHandle(fd);
        if (BpfInfo.FirstMap(program) is not { } id || LibBpf.MapById(id) is not (>= 0 and var map)) return false;
        using var slots = new BpfMapHandle(map);
        int live = Switch.Live;
        uint inIt;
        return LibBpf.MapLookup(slots, (byte*)&live, (byte*)&inIt) == -Errno.NoEntry;
    }
}
