using System.Collections;
using System.Collections.Immutable;

namespace EbpfAgent.Decoding;

/// <summary>The bytes of a key that no field covers.</summary>
internal static class KeyPadding
{
    public static ImmutableArray<(int Offset, int Length)> Find(KeyField root)
    {
        var covered = new BitArray(root.Size);
        Cover(covered, root, 0);
        var holes = ImmutableArray.CreateBuilder<(int, int)>();
        for (var start = 0; start < root.Size; start++)
        {
            var end = start;
            while (end < root.Size && !covered[end])
                end++;
            if (end > start)
                holes.Add((start, end - start));
            start = end;
        }

        return holes.ToImmutable();
    }

    private static void Cover(BitArray covered, KeyField field, int origin)
    {
        switch (field.Kind)
        {
            case KeyFieldKind.Struct:
                foreach (var member in field.Members)
                    Cover(covered, member, origin);
                break;
            case KeyFieldKind.Array when field.Element is { Kind: KeyFieldKind.Struct or KeyFieldKind.Array } element:
                for (var i = 0; i < field.Length; i++)
                    Cover(covered, element, origin + field.Offset + (i * element.Size));
                break;
            default:
                for (var i = field.Offset; i < field.End; i++)
                    covered[origin + i] = true;
                break;
        }
    }
}
