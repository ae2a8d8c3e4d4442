using System.Runtime.InteropServices;
using EbpfAgent.Abstractions;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf.Attaching;

/// <summary>A function of the kernel, or the first of several that this kernel has and lets be probed. Minimum kernel: 4.17.</summary>
internal sealed unsafe class KprobeTarget(KprobeAttachment at) : LinkTarget
{
    private const string Source = "/sys/bus/event_source/devices/kprobe";

    private static readonly AttachKind Kind = new("a kprobe as a perf event", "CAP_PERFMON", 4, 17);

    public override string Identity => $"{(at.IsReturn ? "return of " : "")}{string.Join(" or ", at.Functions)}+0x{at.Offset:x}";

    private string Place => at.Functions.Count == 1 ? $"function '{at.Functions[0]}'" : $"any of the functions {string.Join(", ", at.Functions)}";

    protected override BpfLinkHandle Call(AttachContext context, BpfProgram program)
    {
        if (at.Functions.Count == 0) throw BpfException.With(BpfFailure.Object, $"{context.Subject} names no function; name one or several");
        if (!Directory.Exists(Source) && Directory.Exists(Path.GetDirectoryName(Source)))
        {
            throw AttachContext.Unsupported(
                $"{context.Subject} has nothing to attach to: kernel {context.Kernel.Release} has no kprobes (there is no {Source}), and so lacks {Place}; " +
                "use an fentry program or a tracepoint, or a kernel built with CONFIG_KPROBE_EVENTS");
        }

        var options = new LibBpf.KprobeOptions { Size = (nuint)sizeof(LibBpf.KprobeOptions), Offset = checked((nuint)at.Offset), IsReturn = at.IsReturn ? (byte)1 : (byte)0 };
        BpfLinkHandle link = LibBpf.AttachKprobe(program.Pointer, at.Functions[0], &options);
        foreach (string next in at.Functions.Skip(1))
        {
            if (!link.IsInvalid || !IsOfThisFunction(Marshal.GetLastPInvokeError())) break;
            link.Dispose();
            link = LibBpf.AttachKprobe(program.Pointer, next, &options);
        }

        return link;
    }

    protected override BpfException Refused(AttachContext context, int errno, string[] said) => context.Refused(Place, Kind, IsOfThisFunction(errno) ? Errno.NoEntry : errno, said);

    // Not there, several of the name, or on the kernel's list of what may not be probed.
    private static bool IsOfThisFunction(int errno) => errno is Errno.NoEntry or Errno.Invalid or Errno.AddressNotAvailable;
}
