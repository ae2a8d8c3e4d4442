using System.Buffers.Binary;
using System.Runtime.InteropServices;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf.Events;

/// <summary>
/// Descriptors that one thread waits for, each with a token of the caller's. Edge-triggered: what was reported is reported again only when more comes, so nothing that was left in a buffer keeps
/// the thread awake. Safe for use by many threads, also while it is disposed and after.
/// </summary>
internal sealed unsafe class Epoll : IDisposable
{
    private const int Add = 1, Delete = 2, Modify = 3;
    private const uint EdgeTriggeredInput = 1u << 31 | 1; // EPOLLET | EPOLLIN
    private const int MostAtOnce = 64;

    // struct epoll_event is packed on x86-64, and on nothing else.
    private static readonly int TokenOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventSize = TokenOffset + sizeof(ulong);

    private readonly EpollHandle _handle = LibC.OpenEpoll();

    /// <exception cref="BpfException">There is no descriptor left for it.</exception>
    public Epoll()
    {
        if (_handle.IsInvalid) throw BpfException.Of("can't make an epoll to wait for events", Marshal.GetLastPInvokeError());
    }

    /// <summary>Waits for this descriptor too. What is there already is reported at once.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public void Watch(BpfDescriptor descriptor, ulong token, string what)
    {
        if (Control(Add, descriptor, token) < 0) throw BpfException.Of($"can't wait for {what}", Marshal.GetLastPInvokeError());
    }

    /// <summary>Waits for it no more.</summary>
    public void Forget(BpfDescriptor descriptor) => Control(Delete, descriptor, 0);

    /// <summary>Has what is there be reported once more.</summary>
    public void Report(BpfDescriptor descriptor, ulong token) => Control(Modify, descriptor, token);

    /// <summary>Waits until there is something, and gives the tokens of what has it.</summary>
    /// <returns>How many tokens were written.</returns>
    public int Wait(Span<ulong> tokens)
    {
        int room = Math.Min(tokens.Length, MostAtOnce);
        byte* events = stackalloc byte[MostAtOnce * 16];
        int count;
        do count = LibC.EpollWait(_handle, events, room, milliseconds: -1);
        while (count < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted);
        if (count < 0) throw BpfException.Of("can't wait for events", Marshal.GetLastPInvokeError());
        for (int i = 0; i < count; i++) tokens[i] = BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(events + (i * EventSize) + TokenOffset, sizeof(ulong)));
        return count;
    }

    public void Dispose() => _handle.Dispose();

    private int Control(int operation, BpfDescriptor descriptor, ulong token)
    {
        byte* change = stackalloc byte[16];
        *(uint*)change = EdgeTriggeredInput;
        BinaryPrimitives.WriteUInt64LittleEndian(new Span<byte>(change + TokenOffset, sizeof(ulong)), token);
        try
        {
            return LibC.EpollControl(_handle, operation, descriptor, change);
        }
        catch (ObjectDisposedException)
        {
            // Nobody waits any more.
            return 0;
        }
    }
}
