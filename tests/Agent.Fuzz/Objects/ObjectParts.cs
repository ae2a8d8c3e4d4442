using System.Buffers.Binary;
using System.Text;

namespace EbpfAgent.Fuzz.Objects;

/// <summary>Where a sound object has what, so that it can be damaged where it hurts.</summary>
internal sealed class ObjectParts
{
    private const int HeaderSize = 64;

    public ObjectParts(ReadOnlySpan<byte> image)
    {
        Table = (int)BinaryPrimitives.ReadUInt64LittleEndian(image[40..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(image[60..]);
        int names = Offset(image, BinaryPrimitives.ReadUInt16LittleEndian(image[62..]));
        for (int i = 1; i < count; i++)
        {
            ReadOnlySpan<byte> header = image[(Table + (i * HeaderSize))..];
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
            ReadOnlySpan<byte> name = image[(names + (int)BinaryPrimitives.ReadUInt32LittleEndian(header))..];
            Sections.Add(new ObjectPart(
                Encoding.ASCII.GetString(name[..name.IndexOf((byte)0)]), type, Table + (i * HeaderSize), Offset(image, i), type == 8 ? 0 : (int)BinaryPrimitives.ReadUInt64LittleEndian(header[32..])));
        }
    }

    /// <summary>Where the section headers begin.</summary>
    public int Table { get; }

    public List<ObjectPart> Sections { get; } = [];

    public ObjectPart? Find(string name) => Sections.Find(section => section.Name == name && section.Size > 0);

    private int Offset(ReadOnlySpan<byte> image, int index) => (int)BinaryPrimitives.ReadUInt64LittleEndian(image[(Table + (index * HeaderSize) + 24)..]);
}

/// <summary>A section.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type, SHT_*.</param>
/// <param name="Header">Where its header is.</param>
/// <param name="Offset">Where its bytes are.</param>
/// <param name="Size">How many these are.</param>
internal sealed record ObjectPart(string Name, uint Type, int Header, int Offset, int Size);
