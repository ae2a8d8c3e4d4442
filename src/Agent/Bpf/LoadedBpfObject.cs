using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf;

/// <summary>
/// A BPF object that is in the kernel: its maps can be read, and its programs run once they are attached, or once they have taken the places of those of a
/// version before. Disposing it detaches and unloads all of it that is not pinned.
/// </summary>
/// <remarks>Maps may be read by another thread until the object is disposed; after that, reading one throws <see cref="ObjectDisposedException"/>.</remarks>
internal sealed class LoadedBpfObject : IPredecessor, IDisposable
{
    private readonly BpfObjectHandle _handle;
    private readonly SharedMaps _shared;
    private readonly List<Attachment> _attachments = [];
    private readonly AttachedProgram[] _programs;
    private TakeOverPlan? _plan;

    public LoadedBpfObject(
        string name, BpfObjectHandle handle, Btf btf, IReadOnlyList<BpfMap> maps, IReadOnlyList<(BpfProgram Declared, LoadedBpfProgram Loaded)> programs, SharedMaps? shared = null)
    {
        _handle = handle;
        _shared = shared ?? SharedMaps.None;
        _programs = [.. programs.Select(static program => new AttachedProgram(program.Declared, program.Loaded))];
        Name = name;
        Btf = btf;
        Maps = maps;
        Programs = [.. programs.Select(static program => program.Loaded)];
    }

    public string Name { get; }

    public Btf Btf { get; }

    public IReadOnlyList<BpfMap> Maps { get; }

    public IReadOnlyList<LoadedBpfProgram> Programs { get; }

    /// <summary>The maps that were not taken over from the version before, each with the reason, as the rest of a sentence that begins with the map.</summary>
    public IReadOnlyList<(string Map, string Reason)> FreshMaps => _shared.Fresh;

    /// <summary>
    /// The programs that are attached directly and not through a switch: when a later version takes over, the events between the end of one and the start of the other are lost
    /// for them (for a uprobe some tens of milliseconds, which is what the kernel takes to detach one), and they can't be pinned.
    /// </summary>
    public IEnumerable<string> Unswitched => _attachments.Where(static one => one.Switch is null).Select(static one => one.Program.Name);

    List<Attachment> IPredecessor.Attachments => _attachments;

    Btf IPredecessor.Types => Btf;

    /// <summary>The map of this name; it is there, since the layout was checked before the load.</summary>
    public BpfMap Map(string name) => Maps.First(map => map.Definition.Name == name);

    /// <summary>Whether a map is the predecessor's: what it holds goes on.</summary>
    public bool IsShared(string map) => _shared.Shared.Contains(map);

    /// <summary>Attaches every program to what its section names. If one can't be attached, none stays attached.</summary>
    /// <exception cref="BpfException">This kernel lacks an attach point, or refused it.</exception>
    public void Attach(KernelFacts kernel)
    {
        TraceFileSystem.MountFor(_programs.Select(static program => program.Declared!));
        try
        {
            foreach (AttachedProgram program in _programs) _attachments.Add(Attachment.Checked(Name, program, kernel));
            foreach (Attachment one in _attachments) one.Start();
            foreach (Attachment one in _attachments) one.Program.Loaded!.RunsBehind(one.Switch);
        }
        catch
        {
            Detach();
            throw;
        }
    }

    /// <summary>
    /// Does all of a take-over that can fail. Whatever comes of it, the predecessor runs on, and disposing this object leaves it so.
    /// </summary>
    /// <exception cref="BpfException">This kernel lacks an attach point, or refused it; what was made is undone.</exception>
    public void PrepareTakeOver(IPredecessor predecessor, KernelFacts kernel)
    {
        TraceFileSystem.MountFor(_programs.Select(static program => program.Declared!));
        _plan?.Dispose();
        _plan = null;
        _plan = new TakeOverPlan(Name, predecessor.Attachments, _programs, kernel);
    }

    /// <summary>
    /// Puts each program into the place of the predecessor's: an event runs the old program or the new one, never both, never neither. Ends what has no
    /// successor. When it returns, no program of the predecessor runs any more, so that what its maps hold is final; disposing it detaches nothing.
    /// </summary>
    /// <remarks>
    /// One attach point after the other, so for some microseconds an object of several has programs of both versions. How far a raw_tp, tracepoint or kprobe program reads into its context is checked by
    /// the kernel when it is attached, and so for a version that is attached, not for one that takes over.
    /// </remarks>
    /// <exception cref="BpfException">It failed; the predecessor runs on, and this object runs nowhere.</exception>
    public void TakeOver(IPredecessor predecessor)
    {
        TakeOverPlan plan = _plan ?? throw new InvalidOperationException($"{Name}: a take-over was not prepared");
        (AttachedProgram Old, AttachedProgram New)[] successions = [.. plan.Successions];
        _attachments.AddRange(plan.CarryOut(predecessor.Attachments));
        _plan = null;
        RunningPrograms.Wait();
        foreach (Attachment one in _attachments) one.Program.Loaded!.RunsBehind(one.Switch);
        foreach ((AttachedProgram old, AttachedProgram current) in successions)
        {
            if (old.Loaded is { } before) current.Loaded!.GoOnFrom(before);
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
        // While its switches are there.
        foreach (Attachment one in _attachments) one.Program.Loaded?.Ends();
        foreach (Attachment one in _attachments) one.Dispose();
        _attachments.Clear();
    }

    public void Dispose()
    {
        _plan?.Dispose();
        Detach();
        foreach (LoadedBpfProgram program in Programs) program.Dispose();
        foreach (BpfMap map in Maps) map.Dispose();
        _handle.Dispose();
    }
}
