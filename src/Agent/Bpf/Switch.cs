using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf;

/// <summary>
/// What stands between an attach point and the program that runs there, so that another can be put in its place in one step: each event runs
/// the old program or the new one, never both, never neither. The map of one program (<c>BPF_MAP_TYPE_PROG_ARRAY</c>) and the <see cref="Dispatcher"/> that runs it.
/// Owns both. The kernel empties the map when its last descriptor or pin goes, whatever is attached.
/// </summary>
/// <remarks>
/// The kernel's account of runs, run time and recursion is that of the program which is attached: the dispatcher. It goes on over a change.
/// A program behind a switch can itself make 32 tail calls, not 33.
/// </remarks>
internal sealed class Switch : IDisposable
{
    /// <summary>The slot that runs.</summary>
    public const int Live = 0;

    // Never run: to ask the kernel whether it would take a program.
    private const int Trial = 1;
    private const int SlotCount = 2;
    private const int ProgramArray = 3; // BPF_MAP_TYPE_PROG_ARRAY

    /// <summary>Takes over both descriptors.</summary>
    public Switch(BpfMapHandle slots, BpfProgramHandle dispatcher)
    {
        Slots = slots;
        Dispatcher = dispatcher;
    }

    public BpfMapHandle Slots { get; }

    /// <summary>The program that is attached.</summary>
    public BpfProgramHandle Dispatcher { get; }

    /// <summary>Makes an empty one, which runs nothing; null where programs of this kind can't be dispatched, or this kernel doesn't do it.</summary>
    public static Switch? TryMake(BpfProgram program, BpfProgramHandle handle)
    {
        if (!Bpf.Dispatcher.Serves(program)) return null;
        int fd = LibBpf.MapCreate(ProgramArray, "agent_switch", sizeof(uint), sizeof(uint), SlotCount, 0);
        if (fd < 0) return null;
        var slots = new BpfMapHandle(fd);
        BpfProgramHandle? dispatcher = Bpf.Dispatcher.Load(program, handle, slots);
        if (dispatcher is null)
        {
            slots.Dispose();
            return null;
        }

        var made = new Switch(slots, dispatcher);
        if (made.Takes(handle)) return made;
        made.Dispose();
        return null;
    }

    /// <summary>Whether the kernel would run this program here. Nothing runs, nothing changes.</summary>
    public bool Takes(BpfProgramHandle program)
    {
        if (Set(Trial, program) < 0) return false;
        Clear(Trial);
        return true;
    }

    /// <summary>Runs this program from the next event on, instead of what ran before. Runs that have begun end where they began.</summary>
    /// <exception cref="BpfException">The kernel refused; what ran before runs on.</exception>
    public void Put(BpfProgramHandle program)
    {
        int result = Set(Live, program);
        if (result < 0) throw BpfException.Of("can't put a program into the place of another", result);
    }

    /// <summary>Runs nothing from the next event on. Waits for the runs that have begun.</summary>
    public void Empty() => Clear(Live);

    /// <summary>The id of the program that runs, or 0.</summary>
    public unsafe uint ProgramId
    {
        get
        {
            int slot = Live;
            uint id;
            return LibBpf.MapLookup(Slots, (byte*)&slot, (byte*)&id) < 0 ? 0 : id;
        }
    }

    public void Dispose()
    {
        Dispatcher.Dispose();
        Slots.Dispose();
    }

    private unsafe int Set(int slot, BpfProgramHandle program)
    {
        bool held = false;
        try
        {
            // The kernel takes a number, so the descriptor is held while it looks.
            program.DangerousAddRef(ref held);
            int fd = program.Number;
            return LibBpf.MapUpdate(Slots, (byte*)&slot, (byte*)&fd, 0);
        }
        finally
        {
            if (held) program.DangerousRelease();
        }
    }

    private unsafe void Clear(int slot) => LibBpf.MapDelete(Slots, (byte*)&slot);
}
