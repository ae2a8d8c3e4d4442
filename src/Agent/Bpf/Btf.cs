using System.Collections.Immutable;

namespace EbpfAgent.Bpf;

/// <summary>
/// The types of one BPF object, read from its raw BTF (little endian, as <c>btf__raw_data</c> returns it). Immutable and safe
/// to share; holds no reference to the bytes. The bytes are untrusted: whatever they say, each member returns or throws
/// <see cref="BtfException"/>, in bounded time.
/// </summary>
internal sealed class Btf
{
    // The kernel's own limit (MAX_RESOLVE_DEPTH): what it loads is never deeper.
    internal const int MaxDepth = 32;
    private const int PointerSize = 8;

    private readonly ImmutableArray<BtfType> _types;

    private Btf(ImmutableArray<BtfType> types) => _types = types;

    /// <summary>Every type, from id 0 (void) on.</summary>
    public ImmutableArray<BtfType> Types => _types;

    /// <summary>The number of types, void included: ids are below it.</summary>
    public int Count => _types.Length;

    /// <exception cref="BtfException">There is no such type.</exception>
    public BtfType this[int id] => (uint)id < (uint)_types.Length
        ? _types[id]
        : throw new BtfException($"BTF: type {id} does not exist; ids go to {_types.Length - 1}.");

    /// <exception cref="BtfException">The bytes are not BTF, or not whole.</exception>
    public static Btf Parse(ReadOnlySpan<byte> raw) => new(BtfParser.Parse(raw));

    /// <summary>The type itself, behind typedefs, const, volatile, restrict and type tags.</summary>
    /// <exception cref="BtfException">They lead nowhere or in a circle.</exception>
    public BtfType Resolve(int id)
    {
        var next = id;
        for (var depth = 0; depth < MaxDepth; depth++)
        {
            switch (this[next])
            {
                case BtfTypedef typedef:
                    next = typedef.TargetId;
                    break;
                case BtfModifier modifier:
                    next = modifier.TargetId;
                    break;
                case var type:
                    return type;
            }
        }

        throw TooDeep(id);
    }

    /// <summary>The size in bytes.</summary>
    /// <exception cref="BtfException">The type has none (void, a function, a forward declaration), or one beyond 2^31-1.</exception>
    public int SizeOf(int id)
    {
        var size = SizeOf(id, MaxDepth);
        return size <= int.MaxValue
            ? (int)size
            : throw new BtfException($"BTF: type {id} ({DescribeType(id)}) has {size} bytes, too many to be read.");
    }

    /// <summary>The variables of a section such as <c>.maps</c>, or null where the object has no such section.</summary>
    public IReadOnlyList<BtfSectionVariable>? FindDataSection(string name)
    {
        foreach (var type in _types)
        {
            if (type is BtfDataSection section && section.Name == name)
                return [.. section.Entries.Select(Variable)];
        }

        return null;
    }

    /// <summary>The type as C would write it, for messages: <c>struct disk_key</c>, <c>__u32</c>, <c>char[16]</c>. Never throws.</summary>
    public string DescribeType(int id) => BtfTypeName.Describe(this, id);

    private BtfSectionVariable Variable(BtfSectionEntry entry)
    {
        var type = this[entry.TypeId];
        return new BtfSectionVariable(type.Name, type is BtfVariable variable ? variable.TypeId : type.Id, entry.Offset, entry.Size);
    }

    private long SizeOf(int id, int depth) => depth == 0 ? throw TooDeep(id) : Resolve(id) switch
    {
        BtfInt type => type.Size,
        BtfFloat type => type.Size,
        BtfEnum type => type.Size,
        BtfComposite type => type.Size,
        BtfDataSection type => type.Size,
        BtfPointer => PointerSize,
        BtfVariable type => SizeOf(type.TypeId, depth - 1),
        BtfArray type => ArraySize(type, SizeOf(type.ElementId, depth - 1)),
        _ => throw new BtfException($"BTF: type {id} ({DescribeType(id)}) has no size."),
    };

    private static long ArraySize(BtfArray array, long element)
    {
        var size = (Int128)element * array.Length;
        return size <= int.MaxValue
            ? (long)size
            : throw new BtfException($"BTF: type {array.Id} is an array of {size} bytes, too many to be read.");
    }

    private BtfException TooDeep(int id) =>
        new($"BTF: type {id} ({DescribeType(id)}) refers to itself, or is nested more than {MaxDepth} deep.");
}
