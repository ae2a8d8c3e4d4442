using System.Text;

namespace EbpfAgent.Tests.Bpf;

/// <summary>Emits raw BTF, little endian. Each method returns the id of the type it added; what is wrong is emitted as it is told.</summary>
internal sealed class BtfBuilder
{
    private readonly List<byte> _types = [];
    private readonly List<byte> _text = [0];
    private int _count;

    public int Int(string name, uint size, uint encoding = 0, uint? bits = null) => Add(name, 1, size, (encoding << 24) | (bits ?? size * 8));

    public int Char() => Int("char", 1, 1);

    public int Pointer(int target) => Add("", 2, (uint)target);

    public int Array(int element, uint length) => Add("", 3, 0, (uint)element, (uint)element, length);

    public int Struct(string name, uint size, params (string Name, int Type, uint Bit)[] members) => Composite(4, name, size, members);

    public int Union(string name, uint size, params (string Name, int Type, uint Bit)[] members) => Composite(5, name, size, members);

    /// <summary>A struct with the kind flag: each member has its size in bits, 0 for a member that is no bitfield.</summary>
    public int BitStruct(string name, uint size, params (string Name, int Type, uint Bit, uint Bits)[] members) =>
        Add(name, 4, size, flag: true, members.Length, [.. members.SelectMany(m => new[] { Text(m.Name), (uint)m.Type, m.Bit | (m.Bits << 24) })]);

    public int Enum(string name, uint size, bool signed, params (string Name, int Value)[] values) =>
        Add(name, 6, size, signed, values.Length, [.. values.SelectMany(v => new[] { Text(v.Name), (uint)v.Value })]);

    public int Enum64(string name, bool signed, params (string Name, long Value)[] values) =>
        Add(name, 19, 8, signed, values.Length, [.. values.SelectMany(v => new[] { Text(v.Name), (uint)v.Value, (uint)(v.Value >> 32) })]);

    public int Forward(string name, bool union) => Add(name, 7, 0, union, 0, []);

    public int Typedef(string name, int target) => Add(name, 8, (uint)target);

    public int Volatile(int target) => Add("", 9, (uint)target);

    public int Const(int target) => Add("", 10, (uint)target);

    public int Restrict(int target) => Add("", 11, (uint)target);

    public int Function(string name, int prototype) => Add(name, 12, (uint)prototype);

    public int Prototype(int returns, params (string Name, int Type)[] parameters) =>
        Add("", 13, (uint)returns, flag: false, parameters.Length, [.. parameters.SelectMany(p => new[] { Text(p.Name), (uint)p.Type })]);

    public int Variable(string name, int type) => Add(name, 14, (uint)type, 1);

    public int DataSection(string name, uint size, params (int Variable, uint Offset, uint Size)[] entries) =>
        Add(name, 15, size, flag: false, entries.Length, [.. entries.SelectMany(e => new[] { (uint)e.Variable, e.Offset, e.Size })]);

    public int Float(string name, uint size) => Add(name, 16, size);

    public int DeclTag(string text, int target, int component) => Add(text, 17, (uint)target, (uint)component);

    public int TypeTag(string text, int target) => Add(text, 18, (uint)target);

    public int Raw(string name, uint kind, uint sizeOrType, bool flag, int count, params uint[] data) => Add(name, kind, sizeOrType, flag, count, data);

    public byte[] Build()
    {
        using var raw = new MemoryStream();
        using var writer = new BinaryWriter(raw);
        writer.Write((ushort)0xEB9F);
        writer.Write((byte)1);
        writer.Write((byte)0);
        writer.Write(24u);
        writer.Write(0u);
        writer.Write((uint)_types.Count);
        writer.Write((uint)_types.Count);
        writer.Write((uint)_text.Count);
        writer.Write([.. _types]);
        writer.Write([.. _text]);
        return raw.ToArray();
    }

    private int Composite(uint kind, string name, uint size, (string Name, int Type, uint Bit)[] members) =>
        Add(name, kind, size, flag: false, members.Length, [.. members.SelectMany(m => new[] { Text(m.Name), (uint)m.Type, m.Bit })]);

    private int Add(string name, uint kind, uint sizeOrType, params uint[] data) => Add(name, kind, sizeOrType, flag: false, 0, data);

    private int Add(string name, uint kind, uint sizeOrType, bool flag, int count, uint[] data)
    {
        Write(Text(name), ((flag ? 1u : 0u) << 31) | (kind << 24) | (uint)count, sizeOrType);
        Write(data);
        return ++_count;
    }

    private void Write(params uint[] words)
    {
        foreach (var word in words)
            _types.AddRange(BitConverter.GetBytes(word));
    }

    private uint Text(string text)
    {
        if (text.Length == 0)
            return 0;
        var offset = _text.Count;
        _text.AddRange(Encoding.UTF8.GetBytes(text));
        _text.Add(0);
        return (uint)offset;
    }
}
