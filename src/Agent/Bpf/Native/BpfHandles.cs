using Microsoft.Win32.SafeHandles;

namespace EbpfAgent.Bpf.Native;

/// <summary>A <c>struct bpf_object *</c>. Closing it unloads its programs and maps, unless somebody else holds them.</summary>
internal sealed class BpfObjectHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibBpf.ObjectClose(handle);
        return true;
    }
}

/// <summary>A <c>struct bpf_link *</c>. Destroying it detaches the program.</summary>
internal sealed class BpfLinkHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle() => LibBpf.LinkDestroy(handle) == 0;
}

/// <summary>
/// A descriptor of something in the kernel, duplicated from its object's: it may be used while the object is closed, and a closed
/// one can't be used by mistake through a number that the kernel has given to another file.
/// </summary>
internal abstract class BpfDescriptor : SafeHandleMinusOneIsInvalid
{
    protected BpfDescriptor(int fd)
        : base(ownsHandle: true) => SetHandle(fd);

    /// <summary>The number, for <c>/proc/self/fdinfo</c>.</summary>
    public int Number => (int)DangerousGetHandle();

    protected override bool ReleaseHandle() => LibC.Close((int)handle) == 0;
}

/// <summary>A map.</summary>
internal sealed class BpfMapHandle(int fd) : BpfDescriptor(fd);

/// <summary>A program that is loaded.</summary>
internal sealed class BpfProgramHandle(int fd) : BpfDescriptor(fd);

/// <summary>Types that the kernel was given, or its own.</summary>
internal sealed class BtfHandle(int fd) : BpfDescriptor(fd);

/// <summary>A link that libbpf has no struct for. Closing it detaches, unless somebody else holds it.</summary>
internal sealed class LinkDescriptor(int fd) : BpfDescriptor(fd);

/// <summary>A perf event. Closing it ends it, and what runs on it.</summary>
internal sealed class PerfEventHandle(int fd) : BpfDescriptor(fd);

/// <summary>A walk of an iterator.</summary>
internal sealed class IteratorHandle(int fd) : BpfDescriptor(fd);

/// <summary>A folder: a control group.</summary>
internal sealed class FolderHandle(int fd) : BpfDescriptor(fd);

/// <summary>A netlink socket.</summary>
internal sealed class NetlinkHandle(int fd) : BpfDescriptor(fd);
