using System.Buffers.Binary;

namespace EbpfAgent.Fuzz.Objects;

/// <summary>Kinds of damage, from a bit that fell over to a number that somebody has chosen with care.</summary>
internal static class Damages
{
    private const uint SymbolTable = 2; // SHT_SYMTAB
    private const uint Relocations = 9; // SHT_REL
    private const uint StringTable = 3; // SHT_STRTAB

    private static readonly int[] HeaderFields = [16, 18, 20, 40, 48, 52, 54, 56, 58, 60, 62];
    private static readonly (int Offset, int Size)[] SectionFields = [(0, 4), (4, 4), (8, 8), (16, 8), (24, 8), (32, 8), (40, 4), (44, 4), (48, 8), (56, 8)];
    private static readonly (int Offset, int Size)[] SymbolFields = [(0, 4), (4, 1), (5, 1), (6, 2), (8, 8), (16, 8)];
    private static readonly (int Offset, int Size)[] RelocationFields = [(0, 8), (8, 4), (12, 4)];
    private static readonly string[] Types = [".BTF", ".BTF.ext"];

    public static byte[] Any(Random random, byte[] image, ObjectParts parts)
    {
        switch (random.Next(15))
        {
            case 0:
                image[random.Next(image.Length)] ^= (byte)(1 << random.Next(8));
                return image;
            case 1:
                return Number(random, image, random.Next(image.Length), 1 << random.Next(4), random.Next(image.Length));
            case 2:
                return Number(random, image, HeaderFields[random.Next(HeaderFields.Length)], 2, parts.Sections.Count);
            case 3 or 4:
                (int field, int size) = SectionFields[random.Next(SectionFields.Length)];
                return Number(random, image, Section(random, parts).Header + field, size, Near(random, image, parts));
            case 5 or 6:
                return Entry(random, image, parts, SymbolTable, 24, SymbolFields);
            case 7:
                return Entry(random, image, parts, Relocations, 16, RelocationFields);
            case 8:
                return Text(random, image, parts);
            case 9:
                return Number(random, image, Offset(parts, Types[random.Next(2)], random.Next(10) * 4), 4, random.Next(4096));
            case 10 or 11:
                return Word(random, image, parts.Find(".BTF"));
            case 12:
                return Word(random, image, parts.Find(".BTF.ext"));
            case 13:
                return random.Next(4) == 0 ? image[..random.Next(image.Length)] : Word(random, image, Section(random, parts));
            default:
                return Copy(random, image, parts);
        }
    }

    // What a careful enemy writes: the ends of the range, and what lies just beside the right number.
    private static byte[] Number(Random random, byte[] image, int at, int size, long near)
    {
        if (at < 0 || at + size > image.Length) return image;
        Span<byte> place = image.AsSpan(at, size);
        Span<byte> whole = stackalloc byte[8];
        whole.Clear();
        place.CopyTo(whole);
        long old = BinaryPrimitives.ReadInt64LittleEndian(whole);
        long[] numbers = [0, 1, 2, 3, 7, 8, 0x7f, 0xff, 0x7fff, 0xfff1, 0xffff, 0x7fffffff, 0xffffffff, -1, long.MaxValue, old + 1, old - 1, old * 2, old ^ 8, near, image.Length, image.Length - 1, random.Next(40), -random.Next(64)];
        BinaryPrimitives.WriteInt64LittleEndian(whole, numbers[random.Next(numbers.Length)]);
        whole[..size].CopyTo(place);
        return image;
    }

    private static byte[] Entry(Random random, byte[] image, ObjectParts parts, uint type, int size, (int Offset, int Size)[] fields)
    {
        ObjectPart[] tables = [.. parts.Sections.Where(section => section.Type == type && section.Size >= size)];
        if (tables.Length == 0) return image;
        ObjectPart table = tables[random.Next(tables.Length)];
        (int offset, int width) = fields[random.Next(fields.Length)];
        return Number(random, image, table.Offset + (random.Next(table.Size / size) * size) + offset, width, Near(random, image, parts));
    }

    // A name without its end, or one that has become another.
    private static byte[] Text(Random random, byte[] image, ObjectParts parts)
    {
        ObjectPart[] tables = [.. parts.Sections.Where(static section => section.Type == StringTable && section.Size > 0)];
        if (tables.Length == 0) return image;
        ObjectPart table = tables[random.Next(tables.Length)];
        if (table.Offset + table.Size > image.Length) return image;
        Span<byte> text = image.AsSpan(table.Offset, table.Size);
        if (random.Next(3) == 0) text[^1] = (byte)'x';
        else if (random.Next(2) == 0) text.Replace((byte)0, (byte)'x');
        else text[random.Next(text.Length)] = (byte)random.Next(256);
        return image;
    }

    private static byte[] Word(Random random, byte[] image, ObjectPart? part) =>
        part is null || part.Size < 4 ? image : Number(random, image, part.Offset + (random.Next(part.Size / 4) * 4), 4, random.Next(64));

    // One place's bytes at another: sections and entries that are sound, but not there.
    private static byte[] Copy(Random random, byte[] image, ObjectParts parts)
    {
        bool isHeader = random.Next(3) == 0;
        int from = isHeader ? Section(random, parts).Header : random.Next(image.Length);
        int to = isHeader ? Section(random, parts).Header : random.Next(image.Length);
        int length = Math.Min(isHeader ? 64 : 1 << random.Next(9), image.Length - Math.Max(from, to));
        if (length > 0) image.AsSpan(from, length).ToArray().CopyTo(image.AsSpan(to));
        return random.Next(8) == 0 ? [.. image, .. new byte[random.Next(DamagedObject.MostGrowth / 4)]] : image;
    }

    private static ObjectPart Section(Random random, ObjectParts parts) => parts.Sections[random.Next(parts.Sections.Count)];

    private static long Near(Random random, byte[] image, ObjectParts parts) =>
        random.Next(3) switch { 0 => random.Next(parts.Sections.Count + 2), 1 => Section(random, parts).Offset, _ => image.Length - Section(random, parts).Offset };

    private static int Offset(ObjectParts parts, string name, int at) => parts.Find(name) is { } part ? part.Offset + at : -1;
}
