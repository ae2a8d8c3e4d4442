using EbpfAgent.Abstractions;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf.Attaching;

/// <summary>
/// A statically defined probe of a user-space binary. It may stand at several instructions; libbpf keeps the list of them with the object, so that what is attached ends with it.
/// Minimum kernel: 4.20, for the semaphore.
/// </summary>
internal sealed class UsdtTarget(UsdtAttachment at) : LinkTarget
{
    private static readonly AttachKind Kind = new("a USDT probe", "CAP_SYS_ADMIN", 4, 20);

    public override string Identity => $"{at.Binary}:{Probe} in process {at.ProcessId?.ToString() ?? "any"}";

    public override bool CanChangeHands => false;

    private string Probe => $"{at.Provider}:{at.Name}";

    protected override BpfLinkHandle Call(AttachContext context, BpfProgram program)
    {
        UserProbes.Demand(context, at.ProcessId);
        return LibBpf.AttachUsdt(program.Pointer, at.ProcessId ?? UserProbes.AnyProcess, UserBinary.Find(context, at.Binary), at.Provider, at.Name, 0);
    }

    protected override BpfException Refused(AttachContext context, int errno, string[] said)
    {
        string path = UserBinary.Find(context, at.Binary);
        return errno switch
        {
            // libbpf's word for an object that lacks the maps for the probes' arguments, too: it says so in its log.
            Errno.NoProcess when said.Any(static line => line.Contains("usdt.bpf.h", StringComparison.Ordinal)) =>
                BpfException.With(BpfFailure.Object, $"{context.Subject} lacks the maps that USDT probes need; include <bpf/usdt.bpf.h>", errno),
            Errno.NoProcess when at.ProcessId is { } process && !Directory.Exists($"/proc/{process}") => context.Missing($"there is no process {process}"),
            Errno.NoEntry => context.Missing($"{path} has no USDT probe '{Probe}' ({UserProbes.Said(said, errno)})"),
            _ => context.Refused($"{path} at probe '{Probe}'", Kind, errno, said),
        };
    }
}
