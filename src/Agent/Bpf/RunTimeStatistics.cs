using EbpfAgent.Bpf.Native;
using Microsoft.Win32.SafeHandles;

namespace EbpfAgent.Bpf;

/// <summary>
/// The kernel's run-time statistics of all BPF programs, switched on for as long as the handle is open. They cost each program two clock reads a run, on the
/// whole host, which is why nobody switches them on unasked.
/// </summary>
internal static class RunTimeStatistics
{
    private const int RunTime = 0; // BPF_STATS_RUN_TIME

    /// <exception cref="BpfException">The kernel refused. Minimum kernel: 5.8.</exception>
    public static SafeFileHandle Enable()
    {
        int fd = LibBpf.EnableStatistics(RunTime);
        return fd >= 0
            ? new SafeFileHandle(fd, ownsHandle: true)
            : throw BpfException.Of("can't switch the run-time statistics of BPF programs on (programStatistics)", fd, hint: "they need kernel 5.8 and CAP_SYS_ADMIN");
    }
}
