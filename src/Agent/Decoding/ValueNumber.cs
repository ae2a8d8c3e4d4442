using EbpfAgent.Bpf;

namespace EbpfAgent.Decoding;

/// <summary>A number in a map's value: where it is and what its bytes are, as BTF says. Offsets and sizes are in bytes.</summary>
/// <param name="Path">Its name, <c>io.bytes</c>; empty for the whole value.</param>
/// <param name="Offset">Its first byte.</param>
/// <param name="Size">1, 2, 4 or 8.</param>
/// <param name="IsSigned">Whether it is a signed integer.</param>
/// <param name="IsFloat">Whether it is a floating-point number.</param>
internal sealed record ValueNumber(string Path, int Offset, int Size, bool IsSigned, bool IsFloat)
{
    private const int MostNumbers = 1024;

    /// <summary>All numbers of a value that can be a metric, in the order of their places: integers, floats, enums and bools, in structs and unions however deep; bitfields and arrays are left out.</summary>
    /// <exception cref="BtfException">The type contradicts itself.</exception>
    public static IReadOnlyList<ValueNumber> Find(Btf btf, int typeId)
    {
        List<ValueNumber> found = [];
        Add(found, btf, typeId, "", 0, Btf.MaxDepth);
        return found;
    }

    private static void Add(List<ValueNumber> found, Btf btf, int typeId, string path, long offset, int depth)
    {
        if (depth == 0 || found.Count >= MostNumbers || offset > int.MaxValue) return;
        switch (btf.Resolve(typeId))
        {
            case BtfInt { Size: 1 or 2 or 4 or 8 } integer:
                found.Add(new ValueNumber(path, (int)offset, (int)integer.Size, integer.IsSigned, IsFloat: false));
                break;
            case BtfEnum { Size: 1 or 2 or 4 or 8 } named:
                found.Add(new ValueNumber(path, (int)offset, (int)named.Size, named.IsSigned, IsFloat: false));
                break;
            case BtfFloat { Size: 4 or 8 } real:
                found.Add(new ValueNumber(path, (int)offset, (int)real.Size, IsSigned: true, IsFloat: true));
                break;
            case BtfComposite composite:
                foreach (BtfMember member in composite.Members)
                {
                    if (member.BitSize != 0 || member.BitOffset % 8 != 0) continue;
                    string name = member.Name.Length == 0 ? path : path.Length == 0 ? member.Name : $"{path}.{member.Name}";
                    Add(found, btf, member.TypeId, name, offset + (member.BitOffset / 8), depth - 1);
                }

                break;
        }
    }
}
