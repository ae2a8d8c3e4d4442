using System.Runtime.InteropServices;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf;

/// <summary>
/// A BPF object that is in the kernel: its maps can be read, and its programs run once they are attached. Disposing it
/// detaches and unloads all of it.
/// </summary>
/// <remarks>Maps may be read by another thread until the object is disposed; after that, reading one throws <see cref="ObjectDisposedException"/>.</remarks>
internal sealed class LoadedBpfObject(
    string name, BpfObjectHandle handle, Btf btf, IReadOnlyList<BpfMap> maps, IReadOnlyList<(BpfProgram Declared, LoadedBpfProgram Loaded)> programs) : IDisposable
{
    private readonly List<BpfLinkHandle> _links = [];

    public string Name { get; } = name;

    public Btf Btf { get; } = btf;

    public IReadOnlyList<BpfMap> Maps { get; } = maps;

    public IReadOnlyList<LoadedBpfProgram> Programs { get; } = [.. programs.Select(static program => program.Loaded)];

    /// <summary>The map of this name; it is there, since the layout was checked before the load.</summary>
    public BpfMap Map(string name) => Maps.First(map => map.Definition.Name == name);

    /// <summary>Attaches every program to what its section names. If one can't be attached, none stays attached.</summary>
    /// <exception cref="BpfException">This kernel lacks an attach point, or refused it.</exception>
    public void Attach(KernelFacts kernel)
    {
        TraceFileSystem.MountFor(programs.Select(static program => program.Declared));
        try
        {
            foreach ((BpfProgram program, _) in programs) _links.Add(AttachOne(program, kernel));
        }
        catch
        {
            Detach();
            throw;
        }
    }

    /// <summary>Ends the counting; the maps stay readable.</summary>
    public void Detach()
    {
        foreach (BpfLinkHandle link in _links) link.Dispose();
        _links.Clear();
    }

    public void Dispose()
    {
        Detach();
        foreach (LoadedBpfProgram program in Programs) program.Dispose();
        foreach (BpfMap map in Maps) map.Dispose();
        handle.Dispose();
    }

    private BpfLinkHandle AttachOne(BpfProgram program, KernelFacts kernel)
    {
        using LibBpfLog.Capture log = LibBpfLog.Begin();
        BpfLinkHandle link = LibBpf.ProgramAttach(program.Pointer);
        return link.IsInvalid ? throw LoadErrors.NotAttached(Name, program, kernel, Marshal.GetLastPInvokeError(), log.Lines) : link;
    }
}
