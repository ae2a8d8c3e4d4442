using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf;

/// <summary>
/// The program that a <see cref="Switch"/> attaches: it runs what lies in slot 0, and nothing else. Loaded as the same kind of program as the one that it stands
/// for, which is what the kernel asks of programs that call each other's tails.
/// </summary>
/// <remarks>
/// The slot's number is a constant, so the kernel compiles the call to a jump, and a change of the slot to a change of that jump:
/// measured at 1 ns an event.
/// </remarks>
internal static unsafe class Dispatcher
{
    /// <summary>Its name in the kernel.</summary>
    public const string Name = "agent_switch";

    private const int RawTracePointAttach = 23; // BPF_TRACE_RAW_TP
    private const uint HasFragments = 1 << 5; // BPF_F_XDP_HAS_FRAGS
    private const uint KernelTypes = 1; // the id of the BTF of the kernel itself, the first that it reads

    /// <summary>
    /// Whether programs of this kind are dispatched. Left out: those that may sleep (they may not call tails); those whose rights the kernel checks when they are attached,
    /// and which a tail call would slip past it (writable tracepoints); and those attached through a trampoline, which is built for the attached program alone
    /// (fentry, fexit, LSM). A kprobe that overrides what its function returns is refused by the kernel.
    /// </summary>
    public static bool Serves(BpfProgram program) =>
        !MaySleep(program) &&
        program.Type switch
        {
            ProgramType.KProbe or ProgramType.TracePoint or ProgramType.RawTracePoint or ProgramType.PerfEvent or ProgramType.Xdp or ProgramType.Classifier => true,
            ProgramType.Tracing => program.AttachType == RawTracePointAttach,
            _ => program.Type != ProgramType.Lsm && program.IsForCgroups(),
        };

    /// <summary>
    /// Whether the kernel checks only at the attachment how far a program of this kind reads into its context; for tp_btf the verifier does.
    /// </summary>
    public static bool IsCheckedWhenAttached(BpfProgram program) => program.Type is ProgramType.KProbe or ProgramType.TracePoint or ProgramType.RawTracePoint;

    /// <summary>Loads it; null where the kernel refuses.</summary>
    public static BpfProgramHandle? Load(BpfProgram program, BpfProgramHandle like, BpfMapHandle slots)
    {
        using BtfHandle? types = Target(program, like, out uint type);
        if (type == 0 && program.Type == ProgramType.Tracing) return null;
        ulong* instructions = stackalloc ulong[]
        {
            Instruction(0x18, destination: 2, source: 1, slots.Number), // r2 = the map (two instructions wide)
            0,
            Instruction(0xb7, destination: 3, source: 0, Switch.Live),  // r3 = the slot
            Instruction(0x85, destination: 0, source: 0, 12),           // bpf_tail_call(r1, r2, r3), which returns only if the slot is empty
            Instruction(0xb7, destination: 0, source: 0, program.Type.Indifferent()), // r0 = what changes nothing
            Instruction(0x95, destination: 0, source: 0, 0),            // exit
        };
        var options = new LibBpf.ProgramLoadOptions
        {
            Size = (nuint)sizeof(LibBpf.ProgramLoadOptions),
            ExpectedAttachType = program.AttachType,
            Flags = IsFragmented(program) ? HasFragments : 0,
            AttachBtfId = type,
            AttachBtf = types is null ? 0 : (uint)types.Number,
        };
        int fd = LibBpf.ProgramLoad((int)program.Type, Name, "GPL", instructions, 6, &options);
        return fd < 0 ? null : new BpfProgramHandle(fd);
    }

    // What the program itself was verified against, and null for the kernel's own types. A wrong guess is refused: a slot takes only programs of one and the same
    // tracepoint.
    private static BtfHandle? Target(BpfProgram program, BpfProgramHandle like, out uint type)
    {
        type = 0;
        if (program.Type != ProgramType.Tracing) return null;
        ProgramInfo info = BpfInfo.Program(like);
        type = info.AttachBtfId;
        if (type != 0 && info.AttachBtf == KernelTypes) return null;
        // A module's: CAP_SYS_ADMIN alone may ask for it.
        if (type != 0 && LibBpf.BtfById(info.AttachBtf) is var fd and >= 0) return new BtfHandle(fd);
        // Kernels before 6.0 don't say.
        string target = program.Section[(program.Section.IndexOf('/', StringComparison.Ordinal) + 1)..];
        type = (uint)Math.Max(0, LibBpf.KernelTypeId(target, RawTracePointAttach));
        return null;
    }

    // By libbpf's names for sections (uprobe.s/, uprobe.multi.s/). libbpf doesn't keep it as a flag, and the kernel lets a program that sleeps into the slot of one that
    // may not.
    private static bool MaySleep(BpfProgram program) => program.SectionKind.Split('.').Contains("s");

    // The kernel asks the same of all that a program tail-calls.
    private static bool IsFragmented(BpfProgram program) => program.Type == ProgramType.Xdp && program.SectionKind == "xdp.frags";

    private static ulong Instruction(byte code, int destination, int source, int immediate) =>
        code | (ulong)(source << 4 | destination) << 8 | (ulong)(uint)immediate << 32;
}
