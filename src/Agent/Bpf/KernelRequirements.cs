using EbpfAgent.Bpf.Loading;

namespace EbpfAgent.Bpf;

/// <summary>
/// What can be told before the kernel is asked: rights, and the kernel's own BTF. Asking anyway would give an EPERM or ESRCH that means
/// five different things.
/// </summary>
internal static class KernelRequirements
{
    // Programs of these sections are loaded against a function or tracepoint that the kernel's BTF describes.
    private static readonly string[] NeedBtf = ["tp_btf/", "fentry", "fexit", "fmod_ret", "lsm", "iter"];

    /// <summary>Leaves out what needs the kernel's BTF where there is none.</summary>
    /// <exception cref="BpfException">The agent lacks the rights, or the kernel its BTF, which the object can't do without.</exception>
    public static void Demand(OpenBpfObject @object, KernelFacts kernel, LoadOutcome outcome)
    {
        if (!kernel.MayTrace) throw NotAllowed(@object.Name);
        if (kernel.HasBtf) return;
        foreach (BpfProgram program in @object.Programs.Where(static p => p.IsOf(NeedBtf)))
        {
            BpfException lack = BpfException.With(
                BpfFailure.Unsupported,
                $"{@object.Name}: program '{program.Name}' ({program.Section}) needs the kernel's BTF, and kernel {kernel.Release} has no " +
                "/sys/kernel/btf/vmlinux; use a kernel built with CONFIG_DEBUG_INFO_BTF");
            if (!outcome.TryLeaveOut(program.Name, lack)) throw outcome.Explain(program.Name, lack);
        }
    }

    /// <summary>The agent may not load: said the same way wherever it is noticed.</summary>
    public static BpfException NotAllowed(string name) => BpfException.With(
        BpfFailure.Permission,
        $"{name}: the agent may not load BPF programs; run it as root, or give it CAP_BPF and CAP_PERFMON");
}
