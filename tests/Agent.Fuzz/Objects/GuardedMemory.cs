using System.Runtime.InteropServices;

namespace EbpfAgent.Fuzz.Objects;

/// <summary>Memory that ends where its content ends: a read beyond it ends the process, where it would go unnoticed in a heap.</summary>
internal sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int Page = 4096;
    private const int ReadWrite = 3; // PROT_READ | PROT_WRITE
    private const int PrivateAnonymous = 0x22; // MAP_PRIVATE | MAP_ANONYMOUS

    private readonly byte* _start;
    private readonly int _room;

    public GuardedMemory(int most)
    {
        _room = (most + Page - 1) / Page * Page;
        _start = (byte*)Map(0, (nuint)(_room + Page), ReadWrite, PrivateAnonymous, -1, 0);
        if (_start == (byte*)-1 || Protect((nint)(_start + _room), Page, 0) != 0) throw new InvalidOperationException("no memory with a guard behind it");
    }

    /// <summary>A copy of the bytes whose last one is the last of the memory; as long as nothing else is held.</summary>
    public ReadOnlySpan<byte> Hold(ReadOnlySpan<byte> bytes)
    {
        var held = new Span<byte>(_start + _room - bytes.Length, bytes.Length);
        bytes.CopyTo(held);
        return held;
    }

    public void Dispose() => _ = Unmap((nint)_start, (nuint)(_room + Page));

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);
}
