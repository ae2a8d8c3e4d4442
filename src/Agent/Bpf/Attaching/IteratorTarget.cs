using System.Runtime.InteropServices;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf.Attaching;

/// <summary>
/// A walk over the kernel's objects (<c>iter/task</c>). Attached, it does nothing; the agent runs it once before each poll. Minimum kernel: 5.8.
/// </summary>
internal sealed class IteratorTarget : LinkTarget
{
    private static readonly AttachKind Kind = new("an iterator", "CAP_BPF and CAP_PERFMON", 5, 8);

    public override bool RunsWhenAsked => true;

    protected override BpfLinkHandle Call(AttachContext context, BpfProgram program) => LibBpf.ProgramAttach(program.Pointer);

    protected override BpfException Refused(AttachContext context, int errno, string[] said) =>
        errno is Errno.Invalid or Errno.BadDescriptor && context.Program.Section.Contains("_elem", StringComparison.Ordinal)
            ? AttachContext.Unsupported($"{context.Subject} walks over the elements of one map, which this agent doesn't choose for it; poll the map instead", errno)
            : context.Refused(context.Program.Section, Kind, errno, said);

    protected override Hold Wrap(BpfLinkHandle link) => new IteratorHold(link);
}

/// <summary>An iterator's link.</summary>
internal sealed class IteratorHold(BpfLinkHandle link) : LinkHold(link)
{
    private const int Again = 11; // EAGAIN: the kernel pauses in a walk over a million objects
    private const int Room = 1 << 16;

    /// <summary>
    /// Walks once, and discards what the program prints: what it has to say lies in its maps. It sees <c>seq_num</c> 0 at the first object, and where the kernel has that, a null at the end.
    /// </summary>
    /// <exception cref="BpfException">The walk failed midway.</exception>
    public unsafe void Run(AttachContext context)
    {
        int fd = LibBpf.IteratorCreate(LibBpf.LinkFd(Link));
        if (fd < 0) throw BpfException.Of($"{context.Subject} can't be run", fd);
        using var walk = new IteratorHandle(fd);
        byte* output = stackalloc byte[Room];
        nint read;
        do read = LibC.Read(walk, output, Room);
        while (read > 0 || (read < 0 && Marshal.GetLastPInvokeError() is Again or Errno.Interrupted));
        if (read < 0) throw BpfException.Of($"{context.Subject} did not come to its end", Marshal.GetLastPInvokeError());
    }
}
