namespace EbpfAgent.Bpf;

/// <summary>The kernel's program types that the agent tells apart (<c>enum bpf_prog_type</c>).</summary>
internal enum ProgramType
{
    Unknown = 0,
    KProbe = 2,
    Classifier = 3,
    TracePoint = 5,
    Xdp = 6,
    PerfEvent = 7,
    CgroupPackets = 8,
    CgroupSocket = 9,
    SocketOperations = 13,
    CgroupDevice = 15,
    RawTracePoint = 17,
    CgroupAddress = 18,
    CgroupSysctl = 23,
    CgroupSocketOption = 25,
    Tracing = 26,
    Lsm = 29,
}

/// <summary>What goes by the type.</summary>
internal static class ProgramTypes
{
    private const int LsmCgroup = 43; // BPF_LSM_CGROUP

    /// <summary>Whether programs of this type are attached to a control group.</summary>
    public static bool IsForCgroups(this BpfProgram program) => program.Type switch
    {
        ProgramType.CgroupPackets or ProgramType.CgroupSocket or ProgramType.SocketOperations or ProgramType.CgroupDevice or ProgramType.CgroupAddress
            or ProgramType.CgroupSysctl or ProgramType.CgroupSocketOption => true,
        ProgramType.Lsm => program.AttachType == LsmCgroup,
        _ => false,
    };

    /// <summary>What a program of this type returns that changes nothing: for events that no program of ours looks at.</summary>
    public static int Indifferent(this ProgramType type) => type switch
    {
        ProgramType.Xdp => 2,         // XDP_PASS
        ProgramType.Classifier => -1, // TC_ACT_UNSPEC: the next filter decides
        ProgramType.CgroupPackets or ProgramType.CgroupSocket or ProgramType.SocketOperations or ProgramType.CgroupDevice or ProgramType.CgroupAddress
            or ProgramType.CgroupSysctl or ProgramType.CgroupSocketOption => 1, // allowed
        _ => 0,
    };
}
