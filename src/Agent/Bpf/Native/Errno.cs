using System.Runtime.InteropServices;

namespace EbpfAgent.Bpf.Native;

/// <summary>The errno values that the agent tells apart (the same on x86-64 and arm64).</summary>
internal static class Errno
{
    public const int NotPermitted = 1;          // EPERM
    public const int NoEntry = 2;               // ENOENT
    public const int NoProcess = 3;             // ESRCH, libbpf's word for a missing BTF type
    public const int Interrupted = 4;           // EINTR
    public const int BadDescriptor = 9;         // EBADF
    public const int AccessDenied = 13;         // EACCES, the verifier's word
    public const int Busy = 16;                 // EBUSY
    public const int Exists = 17;               // EEXIST
    public const int NoDevice = 19;             // ENODEV
    public const int NotAFolder = 20;           // ENOTDIR
    public const int Invalid = 22;              // EINVAL
    public const int NoSpace = 28;              // ENOSPC
    public const int AddressNotAvailable = 99;  // EADDRNOTAVAIL, for a function of which there are several
    public const int NotSupportedByKernel = 524; // ENOTSUPP, which never should leave the kernel and does
    public const int OperationNotSupported = 95; // EOPNOTSUPP

    /// <summary>The system's text, for example "Operation not permitted (EPERM)" without guessing at symbols it doesn't know.</summary>
    public static string Describe(int errno) => errno switch
    {
        NotPermitted => "operation not permitted (EPERM)",
        NoEntry => "no such entry (ENOENT)",
        NoProcess => "not found (ESRCH)",
        AccessDenied => "permission denied (EACCES)",
        Invalid => "invalid argument (EINVAL)",
        NoSpace => "no space left (ENOSPC)",
        NotSupportedByKernel => "not supported by this kernel (ENOTSUPP)",
        OperationNotSupported => "operation not supported (EOPNOTSUPP)",
        _ => $"{Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})",
    };
}
