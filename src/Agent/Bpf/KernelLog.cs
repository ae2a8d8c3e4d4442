using System.Runtime.InteropServices;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf;

/// <summary>The memory that the verifier writes its log into. It must outlive the load, and its pages cost nothing until they are written.</summary>
/// <remarks>Mapped, not allocated: malloc gives a large block that was freed once out of its heap again, and clears it, page by page.</remarks>
internal sealed unsafe class KernelLog(int room) : IDisposable
{
    public byte* Pointer { get; private set; } = LibC.MapMemory((nuint)room);

    /// <summary>Bytes that it takes.</summary>
    public int Room => room;

    /// <summary>Forgets what was written, before another load.</summary>
    public void Clear() => *Pointer = 0;

    /// <summary>The last lines of the log, oldest first: that is where the verifier says what it refused.</summary>
    public IReadOnlyList<string> LastLines(int count)
    {
        if (Pointer is null) return [];
        string text = Marshal.PtrToStringUTF8((nint)Pointer) ?? "";
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(static line => !line.StartsWith("processed ", StringComparison.Ordinal))
            .TakeLast(count)];
    }

    public void Dispose()
    {
        if (Pointer is not null) _ = LibC.UnmapMemory(Pointer, (nuint)room);
        Pointer = null;
    }
}
