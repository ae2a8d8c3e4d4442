using System.Globalization;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf;

/// <summary>A map that is in the kernel. Owns its descriptor; disposing it leaves the map to whoever else holds it.</summary>
internal sealed class BpfMap(MapDefinition definition, BpfMapHandle handle) : IDisposable
{
    public MapDefinition Definition { get; } = definition;

    public BpfMapHandle Handle { get; } = handle;

    /// <summary>The kernel's number for it; it counts them up.</summary>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public uint Id => BpfInfo.Map(Handle).Id;

    /// <summary>
    /// The kernel memory that the map takes, in bytes, as the kernel accounts it; null where it doesn't say.
    /// </summary>
    /// <remarks>Source: <c>memlock</c> in <c>/proc/self/fdinfo</c>. Kernels before 6.4 give an estimate.</remarks>
    public long? MemoryBytes()
    {
        foreach (string line in File.ReadLines($"/proc/self/fdinfo/{Handle.Number}"))
        {
            if (line.StartsWith("memlock:", StringComparison.Ordinal) &&
                long.TryParse(line.AsSpan("memlock:".Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out long bytes))
                return bytes;
        }

        return null;
    }

    public void Dispose() => Handle.Dispose();
}
