using Microsoft.Win32.SafeHandles;

namespace EbpfAgent.Bpf.Native;

/// <summary>An epoll: descriptors that a thread waits for.</summary>
internal sealed class EpollHandle(int fd) : BpfDescriptor(fd);

/// <summary>An eventfd.</summary>
internal sealed class EventHandle(int fd) : BpfDescriptor(fd);

/// <summary>A software perf event into whose buffer BPF programs write samples.</summary>
internal sealed class SampleBufferHandle(int fd) : BpfDescriptor(fd);

/// <summary>Memory that is shared with the kernel. Closing it unmaps it: nobody may hold a pointer into it any more.</summary>
internal sealed class MappedMemory : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly nuint _length;

    public MappedMemory(nint address, nuint length)
        : base(ownsHandle: true)
    {
        _length = length;
        SetHandle(address);
    }

    /// <summary>Where it begins; valid until it is closed.</summary>
    public unsafe byte* Start => (byte*)handle;

    protected override unsafe bool ReleaseHandle() => LibC.UnmapMemory((byte*)handle, _length) == 0;
}
