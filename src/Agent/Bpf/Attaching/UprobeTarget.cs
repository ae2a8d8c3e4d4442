using System.Runtime.InteropServices;
using EbpfAgent.Abstractions;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf.Attaching;

/// <summary>An instruction of a user-space binary. Minimum kernel: 4.17.</summary>
/// <param name="at">Which.</param>
/// <param name="isInSection">Whether the section's name says it all.</param>
internal sealed unsafe class UprobeTarget(UprobeAttachment at, bool isInSection = false) : LinkTarget
{
    private static readonly AttachKind Kind = new("a uprobe as a perf event", "CAP_SYS_ADMIN", 4, 17);

    public override string Identity => isInSection ? "" : $"{(at.IsReturn ? "return of " : "")}{Place} in process {at.ProcessId?.ToString() ?? "any"}";

    private string Place => $"{at.Binary}:{at.Symbol}+0x{at.Offset:x}";

    protected override BpfLinkHandle Call(AttachContext context, BpfProgram program)
    {
        UserProbes.Demand(context, at.ProcessId);
        string path = UserBinary.Find(context, at.Binary);
        nint symbol = Marshal.StringToCoTaskMemUTF8(at.Symbol);
        try
        {
            var options = new LibBpf.UprobeOptions { Size = (nuint)sizeof(LibBpf.UprobeOptions), IsReturn = at.IsReturn ? (byte)1 : (byte)0, Function = (byte*)symbol };
            return LibBpf.AttachUprobe(program.Pointer, at.ProcessId ?? UserProbes.AnyProcess, path, checked((nuint)at.Offset), &options);
        }
        finally
        {
            Marshal.FreeCoTaskMem(symbol);
        }
    }

    protected override BpfException Refused(AttachContext context, int errno, string[] said)
    {
        string path = UserBinary.Find(context, at.Binary);
        return errno switch
        {
            Errno.NoEntry when at.Symbol is { } symbol => context.Missing($"{path} has no function '{symbol}' in its symbol tables ({UserProbes.Said(said, errno)})"),
            Errno.NoProcess => context.Missing($"there is no process {at.ProcessId}"),
            Errno.Invalid => BpfException.With(
                BpfFailure.Other, $"{context.Subject} could not be attached to {path} at {Place}: {UserProbes.Said(said, errno)}; no instruction that can be probed begins there", errno),
            _ => context.Refused($"{path} at {Place}", Kind, errno, said),
        };
    }
}
