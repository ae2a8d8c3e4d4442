namespace EbpfAgent.Bpf;

/// <summary>
/// What the kernel or libbpf refused: the operation, the object it was for, the errno, what libbpf said, and a way out where one is known.
/// Every negative result in this room becomes one of these, here.
/// </summary>
internal sealed class BpfException : Exception
{
    private BpfException(BpfFailure failure, int errno, string message)
        : base(message)
    {
        Failure = failure;
        Errno = errno;
    }

    public BpfFailure Failure { get; }

    public int Errno { get; }

    /// <summary>A failed call. <paramref name="result"/> is a negative errno, <paramref name="operation"/> a verb with its object.</summary>
    public static BpfException Of(string operation, int result, BpfFailure failure = BpfFailure.Other, string? hint = null)
    {
        int errno = Math.Abs(result);
        return new BpfException(failure, errno, $"{operation}: {Native.Errno.Describe(errno)}{(hint is null ? "" : $"; {hint}")}");
    }

    /// <summary>A failure whose message says it all.</summary>
    public static BpfException With(BpfFailure failure, string message, int errno = 0) => new(failure, errno, message);
}

/// <summary>What kind of failure it is, since each asks for another answer.</summary>
internal enum BpfFailure
{
    /// <summary>None of the others.</summary>
    Other,

    /// <summary>The object itself can't be used: not ELF, truncated, without BTF.</summary>
    Object,

    /// <summary>The verifier refused a program.</summary>
    Verifier,

    /// <summary>This kernel lacks the attach point, the program type or BTF. Trying again won't help, and nobody is at fault.</summary>
    Unsupported,

    /// <summary>The agent lacks a capability.</summary>
    Permission,

    /// <summary>What a program is attached to outside of the kernel is not there: a binary, a symbol in it, a process, a control group. It may come.</summary>
    Missing,
}
