using EbpfAgent.Bpf.Loading;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf;

/// <summary>
/// A BPF object that is in the kernel: its maps can be read, and its programs run once they are attached, or once they have taken the places of those of a
/// version before. Disposing it detaches and unloads all of it that is not pinned.
/// </summary>
/// <remarks>
/// Maps may be read by another thread until the object is disposed; after that, reading one throws <see cref="ObjectDisposedException"/>. <see cref="Maintain"/> and <see cref="RunIterators"/> may be called
/// by other threads than the rest; they do nothing before the attachment and after the end.
/// </remarks>
internal sealed class LoadedBpfObject : IPredecessor, IDisposable
{
    private readonly BpfObjectHandle _handle;
    private readonly SharedMaps _shared;
    private readonly Lock _gate = new();
    private readonly List<Attachment> _attachments = [];
    private readonly AttachedProgram[] _programs;
    private volatile IReadOnlyList<LoadedBpfProgram> _loaded;
    private volatile IReadOnlyList<string> _pending = [];
    private KernelFacts? _kernel;
    private TakeOverPlan? _plan;

    public LoadedBpfObject(
        string name, BpfObjectHandle handle, Btf btf, IReadOnlyList<BpfMap> maps, IReadOnlyList<AttachedProgram> programs, SharedMaps? shared = null)
    {
        _handle = handle;
        _shared = shared ?? SharedMaps.None;
        _programs = [.. programs];
        _loaded = [.. programs.Select(static program => program.Loaded!)];
        Name = name;
        Btf = btf;
        Maps = maps;
    }

    public string Name { get; }

    public Btf Btf { get; }

    public IReadOnlyList<BpfMap> Maps { get; }

    /// <summary>Its programs; from the attachment on, those that run. Replaced as a whole.</summary>
    public IReadOnlyList<LoadedBpfProgram> Programs => _loaded;

    /// <summary>Which programs were left out.</summary>
    public LoadOutcome Outcome { get; init; } = LoadOutcome.Empty;

    /// <summary>The optional programs that this kernel can't run, each with the reason, a whole sentence. Complete when it is attached.</summary>
    public IReadOnlyList<(string Program, string Reason)> Unsupported => Outcome.Unsupported;

    /// <summary>
    /// Where programs are to be attached and are not: an interface that has not come yet, or one that refused. Each a whole sentence. The same list while it says the same; may be read by any thread.
    /// </summary>
    public IReadOnlyList<string> Pending => _pending;

    /// <summary>The maps that were not taken over from the version before, each with the reason, as the rest of a sentence that begins with the map.</summary>
    public IReadOnlyList<(string Map, string Reason)> FreshMaps => _shared.Fresh;

    /// <summary>
    /// The programs that a later version can't take over from in one step: when it takes over, the events between the end of one and the start of the other are lost
    /// for them, and they can't be pinned. Those attached directly and not through a switch (fentry, fexit, LSM, what may sleep: some tens of milliseconds, which is what the kernel takes to detach
    /// one) and USDT probes (the switch of the old one is emptied just before that of the new one is filled). Iterators run when they are asked to, and lose nothing.
    /// </summary>
    public IEnumerable<string> Unswitched =>
        _attachments.Where(static one => !one.Program.Target.RunsWhenAsked && (one.Switch is null || !one.Program.Target.CanChangeHands)).Select(static one => one.Program.Name);

    List<Attachment> IPredecessor.Attachments => _attachments;

    Lock IPredecessor.Gate => _gate;

    Btf IPredecessor.Types => Btf;

    /// <summary>The map of this name; it is there, since the layout was checked before the load.</summary>
    public BpfMap Map(string name) => Maps.First(map => map.Definition.Name == name);

    /// <summary>Whether a map is the predecessor's: what it holds goes on.</summary>
    public bool IsShared(string map) => _shared.Shared.Contains(map);

    /// <summary>
    /// Attaches every program to what its section names, or its options. If one can't be attached that the object can't do without, none stays attached. Places that come later
    /// (interfaces) are attached to by <see cref="Maintain"/>.
    /// </summary>
    /// <exception cref="BpfException">This kernel lacks an attach point, or refused it.</exception>
    public void Attach(KernelFacts kernel)
    {
        MountTraceFileSystem();
        lock (_gate)
        {
            _kernel = kernel;
            try
            {
                foreach (ProgramChoice choice in ProgramChoice.Of(_programs, Outcome.Roles))
                {
                    if (choice.Attach(Outcome, program => Attachment.Checked(Name, program, kernel)) is { } attached) _attachments.Add(attached);
                }

                Outcome.DemandAny(_attachments.Count > 0);
                foreach (Attachment one in _attachments) one.Start();
                foreach (Attachment one in _attachments) one.Program.Loaded!.RunsBehind(one.Switch);
            }
            catch
            {
                Detach();
                throw;
            }

            Settle();
        }
    }

    /// <summary>
    /// Does all of a take-over that can fail. Whatever comes of it, the predecessor runs on, and disposing this object leaves it so.
    /// </summary>
    /// <exception cref="BpfException">This kernel lacks an attach point, or refused it; what was made is undone.</exception>
    public void PrepareTakeOver(IPredecessor predecessor, KernelFacts kernel)
    {
        MountTraceFileSystem();
        _plan?.Dispose();
        _plan = null;
        _kernel = kernel;
        _plan = new TakeOverPlan(Name, predecessor.Attachments, ProgramChoice.Of(_programs, Outcome.Roles), Outcome, kernel);
    }

    /// <summary>
    /// Puts each program into the place of the predecessor's: an event runs the old program or the new one, never both, never neither. Ends what has no
    /// successor. When it returns, no program of the predecessor runs any more, so that what its maps hold is final; disposing it detaches nothing.
    /// </summary>
    /// <remarks>
    /// One attach point after the other, so for some microseconds an object of several has programs of both versions. How far a raw_tp, tracepoint or kprobe program reads into its context is checked by
    /// the kernel when it is attached, and so for a version that is attached, not for one that takes over. Interfaces that only one of the versions names are let go and attached to at the end.
    /// </remarks>
    /// <exception cref="BpfException">It failed; the predecessor runs on, and this object runs nowhere.</exception>
    public void TakeOver(IPredecessor predecessor)
    {
        TakeOverPlan plan = _plan ?? throw new InvalidOperationException($"{Name}: a take-over was not prepared");
        lock (_gate)
        {
            lock (predecessor.Gate) _attachments.AddRange(plan.CarryOut(predecessor.Attachments));
            _plan = null;
            RunningPrograms.Wait();
            foreach (Attachment one in _attachments) one.Program.Loaded!.RunsBehind(one.Switch);
            foreach ((AttachedProgram old, AttachedProgram current) in plan.Successions)
            {
                if (old.Loaded is { } before) current.Loaded!.GoOnFrom(before);
            }

            foreach (Attachment one in _attachments) one.Follow(Name, _kernel!);
            Settle();
            MaintainAll();
        }
    }

    /// <summary>
    /// Follows what comes and goes: attaches to interfaces and CPUs that have come, and lets go of those that are gone. To be called about once a second, by any thread; some microseconds a place
    /// where nothing has changed. What can't be attached is in <see cref="Pending"/>, and tried again.
    /// </summary>
    public void Maintain()
    {
        lock (_gate) MaintainAll();
    }

    /// <summary>Runs each iterator once, so that its maps are of now. To be called before a poll, by any thread.</summary>
    /// <exception cref="BpfException">One of them failed midway: its maps are not whole.</exception>
    public void RunIterators()
    {
        lock (_gate)
        {
            foreach (Attachment one in _attachments) one.RunIterator(Name, _kernel!);
        }
    }

    /// <summary>
    /// Pins what runs into a folder of bpffs, which is replaced whole if it is there: from then on it runs and counts on when the agent is gone, and when this object is disposed, until
    /// <see cref="PinnedObject.Remove"/>. To be called again after each take-over.
    /// </summary>
    /// <param name="folder">A path in bpffs without dots; see <see cref="BpfFileSystem"/>.</param>
    /// <exception cref="BpfException">Something of it can't be pinned; what the folder held before is still there.</exception>
    public void Pin(string folder) => Pins.Write(Name, folder, Maps, OpenBpfObject.RawTypes(_handle), _attachments);

    /// <summary>Ends the counting, but for what is pinned; the maps stay readable.</summary>
    public void Detach()
    {
        lock (_gate)
        {
            // While its switches are there.
            foreach (Attachment one in _attachments) one.Program.Loaded?.Ends();
            foreach (Attachment one in _attachments) one.Dispose();
            _attachments.Clear();
        }
    }

    public void Dispose()
    {
        _plan?.Dispose();
        Detach();
        foreach (AttachedProgram program in _programs) program.Loaded!.Dispose();
        foreach (BpfMap map in Maps) map.Dispose();
        _handle.Dispose();
    }

    private void MountTraceFileSystem() => TraceFileSystem.MountFor(_programs.Select(static program => program.Declared!));

    // Unloads what isn't needed: a stand-in for a program that could be attached, and what could not.
    private void Settle()
    {
        HashSet<LoadedBpfProgram> attached = [.. _attachments.Select(static one => one.Program.Loaded!)];
        foreach (AttachedProgram program in _programs.Where(program => !attached.Contains(program.Loaded!)))
        {
            program.Loaded!.Dispose();
            LibBpf.ProgramUnload(program.Declared!.Pointer);
        }

        _loaded = [.. _loaded.Where(attached.Contains)];
        Publish();
    }

    // The first half for all before the second: one program may let go of what another waits for.
    private void MaintainAll()
    {
        foreach (Attachment one in _attachments) one.LetGo();
        foreach (Attachment one in _attachments) one.Reach();
        Publish();
    }

    private void Publish()
    {
        if (!_attachments.SelectMany(static one => one.Pending).SequenceEqual(_pending)) _pending = [.. _attachments.SelectMany(static one => one.Pending)];
    }
}
