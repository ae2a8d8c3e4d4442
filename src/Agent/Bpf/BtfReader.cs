using System.Buffers.Binary;
using System.Text;

namespace EbpfAgent.Bpf;

/// <summary>
/// The byte level of BTF: the header, the two sections it delimits, and bounds-checked reads from them. The bytes are untrusted;
/// every read names the place it failed at.
/// </summary>
internal ref struct BtfReader
{
    private const ushort Magic = 0xEB9F;
    private const ushort SwappedMagic = 0x9FEB;
    private const int MinimumHeader = 24;
    private const int MostReuse = 4;
    private const int NameRoom = 4096;

    private readonly ReadOnlySpan<byte> _types;
    private readonly ReadOnlySpan<byte> _strings;
    private readonly Dictionary<uint, string> _names = [];
    private int _position;
    private long _room;

    public BtfReader(ReadOnlySpan<byte> raw)
    {
        if (raw.Length < MinimumHeader)
            throw new BtfException($"BTF: {raw.Length} bytes are too few for a header of {MinimumHeader}; is the object truncated?");
        CheckMagic(raw);
        var header = BinaryPrimitives.ReadUInt32LittleEndian(raw[4..]);
        if (header < MinimumHeader || header > raw.Length)
            throw new BtfException($"BTF: the header claims {header} bytes; there are {raw.Length}, and {MinimumHeader} is the least.");
        var body = raw[(int)header..];
        _types = Section(body, raw[8..], "type");
        _strings = Section(body, raw[16..], "string");
        if (_strings.Length > 0 && _strings[^1] != 0)
            throw new BtfException("BTF: the string section does not end with a NUL.");
        _position = 0;
        _room = NameRoom + (MostReuse * (long)_strings.Length);
    }

    public readonly bool AtEnd => _position == _types.Length;

    /// <summary>The offset in the type section, for messages.</summary>
    public readonly int Position => _position;

    public uint ReadUInt32()
    {
        Require(sizeof(uint));
        var value = BinaryPrimitives.ReadUInt32LittleEndian(_types[_position..]);
        _position += sizeof(uint);
        return value;
    }

    public int ReadId()
    {
        var at = _position;
        var id = ReadUInt32();
        return id <= int.MaxValue
            ? (int)id
            : throw new BtfException($"BTF: the type id {id} at offset {at} of the type section is out of range.");
    }

    public string ReadName()
    {
        var at = _position;
        var offset = ReadUInt32();
        if (offset == 0)
            return "";
        if (offset >= _strings.Length)
        {
            throw new BtfException(
                $"BTF: the name at offset {at} of the type section lies at {offset}, beyond the {_strings.Length} bytes of strings.");
        }

        if (_names.TryGetValue(offset, out var known))
            return known;
        var text = _strings[(int)offset..];
        text = text[..text.IndexOf((byte)0)];
        // Names can begin in the middle of others: a small section holds more of them than any memory.
        if ((_room -= text.Length) < 0)
            throw new BtfException($"BTF: the names up to offset {at} of the type section have more than {MostReuse} times the {_strings.Length} bytes of strings.");
        return _names[offset] = Encoding.UTF8.GetString(text);
    }

    /// <summary>Refuses a count that the remaining bytes can't hold, before anything is allocated for it.</summary>
    public readonly void Require(long bytes)
    {
        if (bytes > _types.Length - _position)
        {
            throw new BtfException(
                $"BTF: {bytes} bytes are wanted at offset {_position} of the type section, which ends at {_types.Length}.");
        }
    }

    private static void CheckMagic(ReadOnlySpan<byte> raw)
    {
        var magic = BinaryPrimitives.ReadUInt16LittleEndian(raw);
        if (magic == SwappedMagic)
            throw new BtfException("BTF: big-endian; compile the object with -target bpfel.");
        if (magic != Magic)
            throw new BtfException($"BTF: the magic number is 0x{magic:x4}, not 0x{Magic:x4}.");
        if (raw[2] != 1)
            throw new BtfException($"BTF: version {raw[2]} is unknown; this agent reads version 1.");
    }

    private static ReadOnlySpan<byte> Section(ReadOnlySpan<byte> body, ReadOnlySpan<byte> header, string what)
    {
        var offset = BinaryPrimitives.ReadUInt32LittleEndian(header);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        if (offset > body.Length || length > body.Length - offset)
            throw new BtfException($"BTF: the {what} section ({length} bytes at {offset}) lies beyond the {body.Length} bytes of data.");
        return body.Slice((int)offset, (int)length);
    }
}
