using EbpfAgent.Bpf.Attaching;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf;

/// <summary>
/// An object that was found pinned: an agent that is gone has left it running. A new version can share its maps and take its attach points over, as from an object of
/// one's own. Disposing it lets go; what is pinned runs on.
/// </summary>
internal sealed class PinnedObject : IPredecessor, IDisposable
{
    private readonly string _folder;
    private readonly List<BpfMap> _maps = [];
    private readonly List<Attachment> _attachments = [];
    private readonly List<BpfProgramHandle> _programs = [];

    private PinnedObject(string folder, string name, Btf types)
    {
        _folder = folder;
        Name = name;
        Types = types;
    }

    public string Name { get; }

    public Btf Types { get; }

    public IReadOnlyList<BpfMap> Maps => _maps;

    /// <summary>What runs, by section and program.</summary>
    public IEnumerable<(string Section, string Program)> Programs => _attachments.Select(static one => (one.Program.Section, one.Program.Name));

    List<Attachment> IPredecessor.Attachments => _attachments;

    Lock IPredecessor.Gate { get; } = new();

    /// <summary>Opens what is pinned in a folder of bpffs; null where nothing is.</summary>
    /// <exception cref="BpfException">The pins are not complete, or not what their list says; the message says which, and how to remove them.</exception>
    public static PinnedObject? Open(string folder)
    {
        if (!Directory.Exists(folder)) return null;
        using var manifest = new BpfMapHandle(Get(folder, PinManifest.FileName));
        PinManifest list = PinManifest.FromMap(manifest) ?? throw Unusable(folder, $"{PinManifest.FileName} is not a list of this agent's");
        var found = new PinnedObject(folder, list.Object, ReadTypes(folder));
        try
        {
            for (int i = 0; i < list.Maps.Count; i++) found.Add(list.Maps[i], i);
            for (int i = 0; i < list.Programs.Count; i++) found.Add(list.Programs[i], i);
            return found;
        }
        catch
        {
            found.Dispose();
            throw;
        }
    }

    /// <summary>Removes the pins in a folder: what nobody else holds ends. Nothing happens where there are none.</summary>
    public static void Remove(string folder) => PinFolder.Remove(folder);

    /// <summary>The map of this name, or null.</summary>
    public BpfMap? FindMap(string name) => _maps.Find(map => map.Definition.Name == name);

    public void Dispose()
    {
        foreach (Attachment one in _attachments) one.Dispose();
        foreach (BpfProgramHandle program in _programs) program.Dispose();
        foreach (BpfMap map in _maps) map.Dispose();
    }

    private static Btf ReadTypes(string folder)
    {
        using var map = new BpfMapHandle(Get(folder, PinManifest.TypesFile));
        byte[] raw = BytesMap.Read(map) ?? throw Unusable(folder, $"{PinManifest.TypesFile} holds no types");
        try
        {
            return Btf.Parse(raw);
        }
        catch (BtfException e)
        {
            throw Unusable(folder, e.Message);
        }
    }

    private void Add(PinnedMap listed, int index)
    {
        string file = PinManifest.MapFile(index);
        var handle = new BpfMapHandle(Get(_folder, file));
        MapInfo info = BpfInfo.Map(handle);
        var definition = new MapDefinition(
            listed.Name, info.Kind, checked((int)info.KeySize), checked((int)info.ValueSize), info.MaxEntries, listed.KeyTypeId, listed.ValueTypeId)
        {
            Flags = info.Flags,
            Extra = info.Extra,
            Section = listed.Section,
            Meaning = listed.Meaning,
        };
        _maps.Add(new BpfMap(definition, handle));
        Demand(file, info.Id, listed.Id);
    }

    private void Add(PinnedProgram listed, int index)
    {
        var program = new BpfProgramHandle(Get(_folder, PinManifest.ProgramFile(index)));
        _programs.Add(program);
        Demand(PinManifest.ProgramFile(index), BpfInfo.Program(program).Id, listed.Id);
        Switch place = OpenSwitch(index);
        BpfLinkHandle? link = null;
        try
        {
            Demand(PinManifest.SlotsFile(index), BpfInfo.Map(place.Slots).Id, listed.SlotsId);
            // A take-over that was not pinned afterwards: what runs counts into other maps than those here.
            Demand($"the program behind {PinManifest.SlotsFile(index)}", place.ProgramId, listed.Id);
            link = OpenLink(index);
            (uint linkId, uint attached) = BpfInfo.Link(link);
            Demand(PinManifest.LinkFile(index), linkId, listed.LinkId);
            Demand(PinManifest.SwitchFile(index), BpfInfo.Program(place.Dispatcher).Id, attached);
            _attachments.Add(new Attachment(new AttachedProgram(listed.Section, listed.Name, program, new PinnedTarget(listed.Place), null, null), new LinkHold(link), place));
        }
        catch
        {
            link?.Dispose();
            place.Dispose();
            throw;
        }
    }

    private Switch OpenSwitch(int index)
    {
        var slots = new BpfMapHandle(Get(_folder, PinManifest.SlotsFile(index)));
        try
        {
            return new Switch(slots, new BpfProgramHandle(Get(_folder, PinManifest.SwitchFile(index))));
        }
        catch
        {
            slots.Dispose();
            throw;
        }
    }

    private BpfLinkHandle OpenLink(int index)
    {
        using LibBpfLog.Capture log = LibBpfLog.Begin();
        BpfLinkHandle link = LibBpf.LinkOpen(Path.Combine(_folder, PinManifest.LinkFile(index)));
        return link.IsInvalid ? throw Unusable(_folder, $"{PinManifest.LinkFile(index)} can't be opened: {string.Join("; ", log.Lines)}") : link;
    }

    private static int Get(string folder, string file)
    {
        int fd = LibBpf.Pinned(Path.Combine(folder, file));
        return fd >= 0 ? fd : throw Unusable(folder, $"{file} can't be opened: {Errno.Describe(-fd)}");
    }

    // Ids, not names: what has the right name may be somebody else's.
    private void Demand(string what, uint id, uint listed)
    {
        if (id != listed) throw Unusable(_folder, $"{what} has id {id}, and the list says {listed}");
    }

    private static BpfException Unusable(string folder, string cause) =>
        BpfException.With(BpfFailure.Other, $"the pins in {folder} can't be used: {cause}; remove them (rm -r {folder}), and what they keep ends");
}
