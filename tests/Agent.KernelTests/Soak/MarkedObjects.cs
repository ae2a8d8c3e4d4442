using System.Buffers.Binary;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Soak;

/// <summary>The soak's objects, with a mark of this run in place of the one that they were compiled with: nobody else's calls are counted.</summary>
/// <param name="mark">This run's mark; its last byte is 0.</param>
internal sealed class MarkedObjects(ulong mark)
{
    // As in soak.h.
    private const ulong Compiled = 0x6b616f736b616f73;

    /// <summary>The object of a fixture, that counts the calls of one plugin.</summary>
    public byte[] Read(string fixture, int plugin)
    {
        byte[] image = Fixture.Read(fixture);
        byte[] compiled = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(compiled, Compiled);
        int at = image.AsSpan().IndexOf(compiled);
        Assert.True(at >= 0 && image.AsSpan(at + 1).IndexOf(compiled) < 0, $"{fixture} does not have its mark once");
        BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan(at), mark | (uint)plugin);
        return image;
    }
}
