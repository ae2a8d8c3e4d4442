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
    private readonly Dictionary<BpfMap, Btf> _types = [];
    private readonly List<Attachment> _attachments = [];
    private readonly List<BpfProgramHandle> _programs = [];

    private PinnedObject(string folder, string name)
    {
        _folder = folder;
        Name = name;
    }

    public string Name { get; }

    public IReadOnlyList<BpfMap> Maps => _maps;

    /// <summary>What runs, by section and program.</summary>
    public IEnumerable<(string Section, string Program)> Programs => _attachments.Select(static one => (one.Program.Section, one.Program.Name));

    List<Attachment> IPredecessor.Attachments => _attachments;

    Btf IPredecessor.TypesOf(BpfMap map) => TypesOf(map);

    public Btf TypesOf(BpfMap map) => _types[map];

    /// <summary>Opens what is pinned in a folder of bpffs; null where nothing is.</summary>
    /// <exception cref="BpfException">The pins are not complete, or not what their list says; the message says which, and how to remove them.</exception>
    public static PinnedObject? Open(string folder)
    {
        if (!Directory.Exists(folder)) return null;
        using var manifest = new BpfMapHandle(Get(folder, PinManifest.FileName));
        PinManifest list = PinManifest.FromMap(manifest) ?? throw Unusable(folder, $"{PinManifest.FileName} is not a list of this agent's");
        var found = new PinnedObject(folder, list.Object);
        try
        {
            Dictionary<uint, Btf> types = [];
            for (int i = 0; i < list.Maps.Count; i++) found.Add(list.Maps[i], i, types);
            for (int i = 0; i < list.Programs.Count; i++) found.Add(list.Programs[i], i);
            return found;
        }
        catch (Exception e)
        {
            found.Dispose();
            if (e is BtfException) throw Unusable(folder, e.Message);
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

    private void Add(PinnedMap listed, int index, Dictionary<uint, Btf> types)
    {
        string file = PinManifest.MapFile(index);
        var handle = new BpfMapHandle(Get(_folder, file));
        MapInfo info = BpfInfo.Map(handle);
        var definition = new MapDefinition(
            listed.Name, info.Kind, checked((int)info.KeySize), checked((int)info.ValueSize), info.MaxEntries, checked((int)info.KeyTypeId), checked((int)info.ValueTypeId))
        {
            Flags = info.Flags,
            Extra = info.Extra,
            Section = listed.Section,
            Meaning = listed.Meaning,
        };
        var map = new BpfMap(definition, handle);
        _maps.Add(map);
        Demand(file, info.Id, listed.Id);
        if (!types.TryGetValue(info.BtfId, out Btf? read)) types.Add(info.BtfId, read = info.BtfId == 0 ? Btf.Empty : BpfInfo.Types(info.BtfId));
        _types.Add(map, read);
    }

    private void Add(PinnedProgram listed, int index)
    {
        string file = PinManifest.SlotsFile(index);
        var slots = new BpfMapHandle(Get(_folder, file));
        BpfLinkHandle? link = null;
        BpfProgramHandle? dispatcher = null;
        try
        {
            Demand(file, BpfInfo.Map(slots).Id, listed.SlotsId);
            using (LibBpfLog.Capture log = LibBpfLog.Begin())
            {
                link = LibBpf.LinkOpen(Path.Combine(_folder, PinManifest.LinkFile(index)));
                if (link.IsInvalid) throw Unusable(_folder, $"{PinManifest.LinkFile(index)} can't be opened: {string.Join("; ", log.Lines)}");
            }

            (uint linkId, uint attached) = BpfInfo.Link(link);
            Demand(PinManifest.LinkFile(index), linkId, listed.LinkId);
            dispatcher = ById(attached);
            var place = new Switch(slots, dispatcher);
            // A take-over that was not pinned afterwards: what runs counts into other maps than those here.
            Demand($"the program behind {file}", place.ProgramId, listed.Id);
            BpfProgramHandle program = ById(listed.Id);
            _programs.Add(program);
            _attachments.Add(new Attachment(new AttachedProgram(listed.Section, listed.Name, program, null, null), link, place));
        }
        catch
        {
            slots.Dispose();
            link?.Dispose();
            dispatcher?.Dispose();
            throw;
        }
    }

    private BpfProgramHandle ById(uint id)
    {
        int fd = LibBpf.ProgramById(id);
        return fd >= 0 ? new BpfProgramHandle(fd) : throw Unusable(_folder, $"program {id} can't be opened: {Errno.Describe(-fd)}");
    }

    private static int Get(string folder, string file)
    {
        int fd = LibBpf.Pinned(Path.Combine(folder, file));
        return fd >= 0 ? fd : throw Unusable(folder, $"{file} can't be opened: {Errno.Describe(-fd)}");
    }

    private void Demand(string what, uint id, uint listed)
    {
        if (id != listed) throw Unusable(_folder, $"{what} has id {id}, and the list says {listed}");
    }

    private static BpfException Unusable(string folder, string cause) =>
        BpfException.With(BpfFailure.Other, $"the pins in {folder} can't be used: {cause}; remove them (rm -r {folder}), and what they keep ends");
}
