using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf.Attaching;

/// <summary>Whose program is attached, and on which kernel: what an attachment and its messages need. Immutable; owns nothing.</summary>
/// <param name="Name">The object's file or resource.</param>
/// <param name="Program">The program.</param>
/// <param name="Kernel">This kernel.</param>
internal sealed record AttachContext(string Name, AttachedProgram Program, KernelFacts Kernel)
{
    /// <summary>What messages begin with.</summary>
    public string Subject => Describe(Name, Program.Name, Program.Section);

    public static string Describe(string name, string program, string section) => $"{name}: program '{program}' ({section})";

    /// <summary>A refusal of the kernel's or of libbpf's, sorted.</summary>
    /// <param name="place">What it was attached to: "interface 'eth0'".</param>
    /// <param name="kind">What it was attached by.</param>
    /// <param name="errno">The refusal; its sign doesn't matter.</param>
    /// <param name="said">What libbpf printed.</param>
    public BpfException Refused(string place, AttachKind kind, int errno, string[] said)
    {
        int error = Math.Abs(errno);
        string cause = said.Length == 0 ? Errno.Describe(error) : $"{said[0]}: {Errno.Describe(error)}";
        if (error is Errno.NotPermitted or Errno.AccessDenied)
            return BpfException.With(BpfFailure.Permission, $"{Subject} could not be attached to {place}: {cause}; run the agent as root, or give it {kind.Capability}", error);
        if (Kernel.IsOlderThan(kind.Major, kind.Minor))
            return Unsupported($"{Subject} can't be attached to {place}: {kind.Name} needs kernel {kind.Major}.{kind.Minor}, and this is {Kernel.Release}", error);
        return error is Errno.NoEntry or Errno.NoDevice or Errno.OperationNotSupported or Errno.NotSupportedByKernel
            ? Unsupported($"{Subject} has nothing to attach to: kernel {Kernel.Release} lacks {place} ({cause})", error)
            : BpfException.With(BpfFailure.Other, $"{Subject} could not be attached to {place}: {cause}", error);
    }

    /// <summary>This kernel lacks it.</summary>
    public static BpfException Unsupported(string message, int errno = 0) => BpfException.With(BpfFailure.Unsupported, message, errno);

    /// <summary>What it is to be attached to is not there; it may come, with a package, say.</summary>
    /// <param name="cause">The rest of the sentence.</param>
    public BpfException Missing(string cause) => BpfException.With(BpfFailure.Missing, $"{Subject} has nothing to attach to: {cause}");
}

/// <summary>A way of attaching, in words.</summary>
/// <param name="Name">"an XDP link".</param>
/// <param name="Capability">What it needs unless the agent is root.</param>
/// <param name="Major">The first kernel that has it.</param>
/// <param name="Minor">Of that kernel.</param>
internal sealed record AttachKind(string Name, string Capability, int Major, int Minor);
