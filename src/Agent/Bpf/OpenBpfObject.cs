using System.Runtime.InteropServices;
using EbpfAgent.Abstractions;
using EbpfAgent.Bpf.Attaching;
using EbpfAgent.Bpf.Elf;
using EbpfAgent.Bpf.Events;
using EbpfAgent.Bpf.Loading;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf;

/// <summary>
/// A BPF object that is open: its ELF and BTF are read, and nothing of it is in the kernel. It can be looked at and
/// checked; <see cref="Load"/> turns it into a <see cref="LoadedBpfObject"/> and uses it up.
/// </summary>
/// <remarks>Not safe for use by several threads. An object that isn't loaded must be disposed.</remarks>
internal sealed class OpenBpfObject : IDisposable
{
    // Only touched where the verifier writes: 16 MiB of address space, not of memory.
    private const int KernelLogRoom = 16 << 20;

    // As much as .bss may have.
    private const uint MostBytes = 1 << 30;

    private readonly KernelLog _kernelLog;
    private readonly ObjectOptions _options;
    private readonly IReadOnlyList<ProgramRole> _roles;
    private readonly IReadOnlyList<ConstantPatch> _constants;
    private readonly byte[]? _image;
    private NativeObject _native;

    private OpenBpfObject(string name, NativeObject native, KernelLog kernelLog, ReadOnlySpan<byte> image, ObjectOptions options)
    {
        Name = name;
        _native = native;
        _kernelLog = kernelLog;
        _options = options;
        Btf = ReadBtf(name, native.Handle);
        Maps = [.. native.Maps.Select(map => Define(name, map))];
        BtfCheck.DemandInside(Btf, Maps);
        Maps = [.. Maps.Select(WithMeaning)];
        if (native.Programs.GroupBy(static program => program.Name).FirstOrDefault(static named => named.Count() > 1) is { } twice)
            throw BpfException.With(BpfFailure.Object, $"{name} has more than one program '{twice.Key}'; rename one");
        _roles = ProgramRole.Of(name, [.. native.Programs.Select(static program => (program.Name, program.IsOptional))], options);
        _constants = ConstantVariables.Patches(name, Btf, options);
        native.Apply(_constants, Maps);
        foreach (BpfProgram program in native.Programs) Targets.Of(name, program, AttachmentOf(program));
        // libbpf loads an object once. What may fail without failing the rest asks for a second time.
        if (_roles.Any(static role => role.IsOptional || role.Programs.Count > 1)) _image = image.ToArray();
    }

    /// <summary>The file or resource that it came from, for messages.</summary>
    public string Name { get; }

    public Btf Btf { get; }

    public IReadOnlyList<MapDefinition> Maps { get; }

    public IReadOnlyList<BpfProgram> Programs => _native.Programs;

    /// <summary>Opens an object from memory.</summary>
    /// <param name="name">The file or resource, for messages.</param>
    /// <param name="image">The ELF file's bytes; not used after the call.</param>
    /// <param name="options">What does not stand in it; nothing by default.</param>
    /// <exception cref="BpfException">The bytes are no BPF object, or one without BTF; or the options don't fit it.</exception>
    public static OpenBpfObject Open(string name, ReadOnlySpan<byte> image, ObjectOptions? options = null)
    {
        ElfCheck.Demand(name, image);
        var kernelLog = new KernelLog(KernelLogRoom);
        NativeObject? native = null;
        try
        {
            native = NativeObject.Open(name, image, kernelLog);
            return new OpenBpfObject(name, native, kernelLog, image, options ?? ObjectOptions.None);
        }
        catch
        {
            native?.Dispose();
            kernelLog.Dispose();
            throw;
        }
    }

    /// <summary>The map of this name, or null.</summary>
    public MapDefinition? FindMap(string name) => Maps.FirstOrDefault(map => map.Name == name);

    /// <summary>A copy of what a data section (<c>.rodata.histograms</c>) holds before the load; null where the object has no such section.</summary>
    public unsafe byte[]? InitialValue(string section)
    {
        int index = Maps.ToList().FindIndex(map => map.Name == section);
        if (index < 0) return null;
        byte* value = LibBpf.MapInitialValue(_native.Maps[index], out nuint size);
        return value is null ? null : new ReadOnlySpan<byte>(value, checked((int)size)).ToArray();
    }

    /// <summary>
    /// Creates the maps and loads the programs, verified by the kernel. Nothing runs yet. On success this object is used up.
    /// </summary>
    /// <param name="kernel">The kernel that it is for.</param>
    /// <param name="predecessor">
    /// A version before, whose maps are used again where each byte in them means the same: what they count and what the programs keep in them goes on. It stays as it is.
    /// </param>
    /// <exception cref="BpfException">The kernel refused; what was created until then is gone again.</exception>
    public LoadedBpfObject Load(KernelFacts kernel, IPredecessor? predecessor = null)
    {
        var outcome = new LoadOutcome(Name, _roles);
        KernelRequirements.Demand(this, kernel, outcome);
        SharedMaps shared = Try(kernel, predecessor, outcome, out BpfException? failed);
        while (failed is not null)
        {
            Reopen();
            shared = Try(kernel, predecessor, outcome, out failed);
        }

        outcome.DemandAny(Programs.Any(program => outcome.IsLoaded(program.Name)));
        _kernelLog.Dispose();
        NativeMemoryTrim.AfterLoad();
        BpfProgram[] loaded = [.. Programs.Where(program => outcome.IsLoaded(program.Name))];
        BpfMap[] maps = [.. Maps.Zip(_native.Maps, Loaded)];
        return new LoadedBpfObject(Name, _native.GiveUpHandle(), Btf, maps, [.. loaded.Select(Loaded)], shared) { Outcome = outcome };
    }

    /// <summary>A copy of an object's BTF, which it has.</summary>
    internal static unsafe byte[] RawTypes(BpfObjectHandle handle)
    {
        byte* raw = LibBpf.BtfRawData(LibBpf.ObjectBtf(handle), out uint size);
        return new ReadOnlySpan<byte>(raw, checked((int)size)).ToArray();
    }

    public void Dispose()
    {
        _native.Dispose();
        _kernelLog.Dispose();
    }

    // Loads what is not known to fail. What fails and can be done without is noted for the next try.
    private SharedMaps Try(KernelFacts kernel, IPredecessor? predecessor, LoadOutcome outcome, out BpfException? failed)
    {
        failed = null;
        using LibBpfLog.Capture log = LibBpfLog.Begin();
        foreach (BpfProgram program in Programs) LibBpf.ProgramSetLoaded(program.Pointer, outcome.IsLoaded(program.Name));
        SharedMaps shared = predecessor is null ? SharedMaps.None : ShareWith(predecessor);
        int result = LibBpf.ObjectLoad(_native.Handle);
        if (result >= 0) return shared;
        BpfProgram? failing = LoadErrors.FailedProgram(Programs.Where(program => outcome.IsLoaded(program.Name)), log.Lines);
        failed = LoadErrors.NotLoaded(Name, failing, kernel, result, log.Lines, _kernelLog);
        if (failing is null) throw failed;
        if (!outcome.TryLeaveOut(failing.Name, failed)) throw outcome.Explain(failing.Name, failed);
        return shared;
    }

    private void Reopen()
    {
        _native.Dispose();
        _kernelLog.Clear();
        _native = NativeObject.Open(Name, _image, _kernelLog);
        _native.Apply(_constants, Maps);
    }

    private ProgramAttachment? AttachmentOf(BpfProgram program) => _options.Programs.GetValueOrDefault(program.Name)?.Attachment;

    private SharedMaps ShareWith(IPredecessor predecessor)
    {
        HashSet<string> shared = [];
        List<(string, string)> fresh = [];
        foreach ((MapDefinition map, nint pointer) in Maps.Zip(_native.Maps))
        {
            if (MapSharing.IsConstant(map)) continue;
            BpfMap? before = predecessor.Maps.FirstOrDefault(one => MapSharing.IsSameMap(map, one.Definition));
            string? obstacle = before is null
                ? "is new"
                : MapSharing.Obstacle(map, Btf, before.Definition, predecessor.Types) ?? Reuse(pointer, before.Handle);
            if (obstacle is null) shared.Add(map.Name);
            else fresh.Add((map.Name, obstacle));
        }

        return new SharedMaps(shared, fresh);
    }

    private static string? Reuse(nint map, BpfMapHandle existing)
    {
        int result = LibBpf.MapReuse(map, existing);
        return result < 0 ? $"can't be used again: {Errno.Describe(-result)}" : null;
    }

    private MapDefinition WithMeaning(MapDefinition map) => map.Section switch
    {
        // The kernel takes no key type for a ring buffer, so the object notes it elsewhere.
        null when map.Kind == MapKind.RingBuffer => map with { KeyTypeId = EventType.Find(Btf, map.Name) ?? 0 },
        null => map with { Meaning = HistogramSections.Scheme(this, map.Name) },
        { } section when section.StartsWith(".data", StringComparison.Ordinal) => map with { Meaning = InitialValue(map.Name) },
        _ => map,
    };

    private static Btf ReadBtf(string name, BpfObjectHandle handle)
    {
        if (LibBpf.ObjectBtf(handle) == 0) throw LoadErrors.WithoutBtf(name);
        return Btf.Parse(RawTypes(handle));
    }

    private static MapDefinition Define(string owner, nint map)
    {
        string name = Marshal.PtrToStringUTF8(LibBpf.MapName(map)) ?? "";
        return new MapDefinition(
            name,
            (MapKind)LibBpf.MapType(map),
            Size(owner, name, "keys", LibBpf.MapKeySize(map)),
            Size(owner, name, "values", LibBpf.MapValueSize(map)),
            LibBpf.MapMaxEntries(map),
            checked((int)LibBpf.MapBtfKeyTypeId(map)),
            checked((int)LibBpf.MapBtfValueTypeId(map)))
        {
            Flags = LibBpf.MapFlags(map),
            Extra = LibBpf.MapExtra(map),
            // libbpf puts the object's name before that of a standard section: latency.bss.
            Section = LibBpf.MapIsSection(map) ? name[Math.Max(0, name.IndexOf('.', StringComparison.Ordinal))..] : null,
        };
    }

    // Of an entry's bytes the agent keeps copies. The kernel takes some megabytes at most, but of the values of arrays.
    private static int Size(string owner, string map, string what, uint bytes) => bytes <= MostBytes
        ? (int)bytes
        : throw BpfException.With(BpfFailure.Object, $"{owner}: map '{map}' has {what} of {bytes} bytes, and {MostBytes} is the most");

    private static BpfMap Loaded(MapDefinition definition, nint map) =>
        new(definition, new BpfMapHandle(Duplicate(LibBpf.MapFd(map), definition.Name)));

    private AttachedProgram Loaded(BpfProgram program) => new(
        program,
        new LoadedBpfProgram(program, new BpfProgramHandle(Duplicate(LibBpf.ProgramFd(program.Pointer), program.Name))),
        Targets.Of(Name, program, AttachmentOf(program)));

    private static int Duplicate(int fd, string what)
    {
        int own = LibC.Duplicate(fd);
        return own >= 0 ? own : throw BpfException.Of($"can't duplicate the descriptor of '{what}'", Marshal.GetLastPInvokeError());
    }
}
