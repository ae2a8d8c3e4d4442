using System.Collections.Frozen;
using System.Globalization;
using EbpfAgent.Decoding.BuiltIn.Steps;
using EbpfAgent.Decoding.BuiltIn.Tables;

namespace EbpfAgent.Decoding.BuiltIn.Exporter;

/// <summary><c>syscall</c>: its table is made of the names of strace's printing functions, which for some calls are not the calls' own.</summary>
internal sealed class ExporterSyscall(string architecture) : ILabelStep
{
    // Calls whose printing function is that of the call for 64-bit time.
    private const string Time64 =
        """
        poll nanosleep rt_sigtimedwait sched_rr_get_interval futex io_getevents semtimedop timer_settime timer_gettime clock_settime clock_gettime clock_getres clock_nanosleep mq_timedsend
        mq_timedreceive pselect6 ppoll utimensat timerfd_settime timerfd_gettime recvmmsg clock_adjtime io_pgetevents
        """;

    private static readonly FrozenDictionary<string, string> Renamed = Time64.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        .Select(static name => KeyValuePair.Create(name, name + "_time64"))
        .Concat([
            new("_sysctl", "sysctl"), new("adjtimex", "adjtimex64"), new("epoll_ctl_old", "printargs"), new("epoll_wait_old", "printargs"), new("exit_group", "exit"), new("lchown", "chown"),
            new("lgetxattr", "getxattr"), new("llistxattr", "listxattr"), new("lremovexattr", "removexattr"), new("lsetxattr", "setxattr"), new("pivot_root", "pivotroot"),
            new("pread64", "pread"), new("pwrite64", "pwrite"), new("sendfile", "sendfile64"),
        ])
        .ToFrozenDictionary();

    private readonly NumberNames? _names = SyscallStep.Table(architecture);

    public string Decode(in LabelInput input)
    {
        var number = unchecked((ulong)ExporterInput.Signed(input));
        return _names?[number] is { } name ? Renamed.GetValueOrDefault(name, name) : string.Create(CultureInfo.InvariantCulture, $"unknown_syscall:{number}");
    }
}
