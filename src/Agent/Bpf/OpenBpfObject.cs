using System.Runtime.InteropServices;
using System.Text;
using EbpfAgent.Bpf.Events;
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

    private readonly BpfObjectHandle _handle;
    private readonly KernelLog _kernelLog;
    private readonly nint[] _mapPointers;

    private OpenBpfObject(string name, BpfObjectHandle handle, KernelLog kernelLog)
    {
        Name = name;
        _handle = handle;
        _kernelLog = kernelLog;
        Btf = ReadBtf(name, handle);
        _mapPointers = [.. Walk(LibBpf.NextMap, handle)];
        Maps = [.. _mapPointers.Select(Define)];
        Maps = [.. Maps.Select(WithMeaning)];
        Programs = [.. Walk(LibBpf.NextProgram, handle).Select(static pointer => new BpfProgram(pointer))];
    }

    /// <summary>The file or resource that it came from, for messages.</summary>
    public string Name { get; }

    public Btf Btf { get; }

    public IReadOnlyList<MapDefinition> Maps { get; }

    public IReadOnlyList<BpfProgram> Programs { get; }

    /// <summary>Opens an object from memory.</summary>
    /// <param name="name">The file or resource, for messages.</param>
    /// <param name="image">The ELF file's bytes; not used after the call.</param>
    /// <exception cref="BpfException">The bytes are no BPF object, or one without BTF.</exception>
    public static unsafe OpenBpfObject Open(string name, ReadOnlySpan<byte> image)
    {
        ElfCheck.Demand(name, image);
        using LibBpfLog.Capture log = LibBpfLog.Begin();
        var _kernelLog = new KernelLog(KernelLogRoom);
        BpfObjectHandle _handle;
        fixed (byte* bytes = image, objectName = Encoding.UTF8.GetBytes(ShortName(name) + '\0'))
        {
            var options = new LibBpf.ObjectOpenOptions
            {
                Size = (nuint)sizeof(LibBpf.ObjectOpenOptions),
                ObjectName = objectName,
                KernelLog = _kernelLog.Pointer,
                KernelLogSize = KernelLogRoom,
            };
            _handle = LibBpf.ObjectOpenMemory(bytes, (nuint)image.Length, &options);
        }

        if (_handle.IsInvalid) throw LoadErrors.NotOpened(name, Marshal.GetLastPInvokeError(), log.Lines, _kernelLog);
        try
        {
            return new OpenBpfObject(name, _handle, _kernelLog);
        }
        catch
        {
            _handle.Dispose();
            _kernelLog.Dispose();
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
        byte* value = LibBpf.MapInitialValue(_mapPointers[index], out nuint size);
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
        KernelRequirements.Demand(this, kernel);
        using LibBpfLog.Capture log = LibBpfLog.Begin();
        SharedMaps shared = predecessor is null ? SharedMaps.None : ShareWith(predecessor);
        int result = LibBpf.ObjectLoad(_handle);
        if (result < 0) throw LoadErrors.NotLoaded(this, kernel, result, log.Lines, _kernelLog);
        _kernelLog.Dispose();
        NativeMemoryTrim.AfterLoad();
        return new LoadedBpfObject(Name, _handle, Btf, [.. Maps.Zip(_mapPointers, Loaded)], [.. Programs.Select(Loaded)], shared);
    }

    /// <summary>A copy of an object's BTF, which it has.</summary>
    internal static unsafe byte[] RawTypes(BpfObjectHandle handle)
    {
        byte* raw = LibBpf.BtfRawData(LibBpf.ObjectBtf(handle), out uint size);
        return new ReadOnlySpan<byte>(raw, checked((int)size)).ToArray();
    }

    public void Dispose()
    {
        _handle.Dispose();
        _kernelLog.Dispose();
    }

    private SharedMaps ShareWith(IPredecessor predecessor)
    {
        HashSet<string> shared = [];
        List<(string, string)> fresh = [];
        foreach ((MapDefinition map, nint pointer) in Maps.Zip(_mapPointers))
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

    private static IEnumerable<nint> Walk(Func<BpfObjectHandle, nint, nint> next, BpfObjectHandle handle)
    {
        for (nint item = next(handle, 0); item != 0; item = next(handle, item)) yield return item;
    }

    private static MapDefinition Define(nint map)
    {
        string name = Marshal.PtrToStringUTF8(LibBpf.MapName(map)) ?? "";
        return new MapDefinition(
            name,
            (MapKind)LibBpf.MapType(map),
            checked((int)LibBpf.MapKeySize(map)),
            checked((int)LibBpf.MapValueSize(map)),
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

    private static BpfMap Loaded(MapDefinition definition, nint map) =>
        new(definition, new BpfMapHandle(Duplicate(LibBpf.MapFd(map), definition.Name)));

    private static (BpfProgram, LoadedBpfProgram) Loaded(BpfProgram program) =>
        (program, new LoadedBpfProgram(program, new BpfProgramHandle(Duplicate(LibBpf.ProgramFd(program.Pointer), program.Name))));

    private static int Duplicate(int fd, string what)
    {
        int own = LibC.Duplicate(fd);
        return own >= 0 ? own : throw BpfException.Of($"can't duplicate the descriptor of '{what}'", Marshal.GetLastPInvokeError());
    }

    // The kernel takes 15 characters of letters, digits, '.' and '_'.
    private static string ShortName(string name)
    {
        string file = Path.GetFileName(name);
        int dot = file.IndexOf('.', StringComparison.Ordinal);
        string stem = dot > 0 ? file[..dot] : file;
        return string.Concat(stem.Select(static c => char.IsAsciiLetterOrDigit(c) ? c : '_').Take(15));
    }
}
