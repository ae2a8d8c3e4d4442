using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf.Attaching;

/// <summary>A filter of the agent's on an interface, with the program that it runs. Detached when it is disposed, and the qdisc with it if the agent made it and nobody else uses it.</summary>
internal sealed unsafe class TrafficControlFilter : IHeldPlace
{
    private static readonly AttachKind Kind = new("a BPF classifier with direct action", "CAP_NET_ADMIN", 4, 5);

    private readonly TrafficControlHook _hook;
    private readonly uint _program;
    private readonly uint _handle;
    private readonly uint _priority;

    private TrafficControlFilter(TrafficControlHook hook, uint program, uint handle, uint priority) =>
        (_hook, _program, _handle, _priority) = (hook, program, handle, priority);

    /// <summary>Whether the filter is there and runs this program: the interface's qdisc may have been removed with all that was on it.</summary>
    public bool IsThere
    {
        get
        {
            LibBpf.TrafficControlOptions options = Named();
            LibBpf.TrafficControlPoint point = _hook.Point;
            return LibBpf.TrafficControlQuery(&point, &options) == 0 && options.ProgramId == _program;
        }
    }

    /// <exception cref="BpfException">The kernel refused.</exception>
    public static TrafficControlFilter Attach(Place place, bool isEgress, ushort priority, AttachContext context, BpfProgramHandle runs)
    {
        using LibBpfLog.Capture log = LibBpfLog.Begin();
        var hook = new TrafficControlHook(place.Index, isEgress);
        int made = hook.Make();
        if (made < 0) throw context.Refused($"the traffic control of {place.Name} (qdisc clsact)", Kind, made, log.Lines);
        LeftFilters.Remove(hook);
        uint program = BpfInfo.Program(runs).Id;
        var options = new LibBpf.TrafficControlOptions { Size = (nuint)sizeof(LibBpf.TrafficControlOptions), Program = runs.Number, Priority = priority };
        LibBpf.TrafficControlPoint point = hook.Point;
        LeftFilters.Register(program);
        int result = LibBpf.TrafficControlAttach(&point, &options);
        if (result >= 0) return new TrafficControlFilter(hook, program, options.Handle, options.Priority);
        LeftFilters.Unregister(program);
        hook.LeaveEmpty();
        throw context.Refused($"the traffic control of {place.Name}", Kind, result, log.Lines);
    }

    public void Dispose()
    {
        using LibBpfLog.Capture log = LibBpfLog.Begin();
        // Never somebody else's, who has taken the number since.
        if (IsThere)
        {
            LibBpf.TrafficControlOptions options = Named();
            LibBpf.TrafficControlPoint point = _hook.Point;
            _ = LibBpf.TrafficControlDetach(&point, &options);
        }

        LeftFilters.Unregister(_program);
        _hook.LeaveEmpty();
    }

    private LibBpf.TrafficControlOptions Named() => new() { Size = (nuint)sizeof(LibBpf.TrafficControlOptions), Handle = _handle, Priority = _priority };
}
