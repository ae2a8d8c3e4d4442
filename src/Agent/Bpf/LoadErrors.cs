using System.Text.RegularExpressions;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf;

/// <summary>
/// Makes a sentence of what libbpf and the kernel left behind when an object couldn't be opened, loaded or attached, and tells a kernel that
/// lacks something from an object that is wrong.
/// </summary>
internal static partial class LoadErrors
{
    private const int VerifierLines = 5;

    // The verifier's words for a helper that is not there, and libbpf's for a field or type that it could not relocate.
    private static readonly string[] Lacks = ["unknown func ", "invalid func unknown#195896080", "<invalid CO-RE relocation>"];

    private static readonly string[] NeedTrampolines = ["fentry", "fexit", "fmod_ret", "lsm"];

    private static readonly string[] Iterators = ["iter/", "iter.s/"];

    // Sections that later versions of libbpf know.
    private static readonly string[] Later = ["tcx", "netkit", "uprobe.multi", "uretprobe.multi", "uprobe.session", "kprobe.session", "usdt.s", "sk_reuseport", "netfilter"];

    public static BpfException NotOpened(string name, int errno, string[] log) => log.Any(static line => line.StartsWith("BTF is required", StringComparison.Ordinal))
        ? WithoutBtf(name)
        : BpfException.With(BpfFailure.Object, $"{name} is not a BPF object that libbpf can open: {Said(log, errno)}", errno);

    public static BpfException WithoutBtf(string name) => BpfException.With(
        BpfFailure.Object, $"{name} has no BTF, which says what its maps hold; compile it with clang -g");

    /// <param name="name">The object.</param>
    /// <param name="program">The program that failed, see <see cref="FailedProgram"/>.</param>
    /// <param name="kernel">This kernel.</param>
    /// <param name="result">What the load returned.</param>
    /// <param name="log">What libbpf printed.</param>
    /// <param name="kernelLog">What the verifier wrote.</param>
    public static BpfException NotLoaded(string name, BpfProgram? program, KernelFacts kernel, int result, string[] log, KernelLog kernelLog)
    {
        int errno = Math.Abs(result);
        string subject = program is null ? name : $"{name}: program '{program.Name}' ({program.Section})";
        if (program is { Type: ProgramType.Unknown }) return UnknownSection(subject, program, errno);
        if (MissingType(log) is { } type)
            return Unsupported($"{subject} needs '{type}', which kernel {kernel.Release} does not have", errno);
        if (errno == Errno.NotPermitted && program is not null && program.IsOf(NeedTrampolines))
            return Unsupported($"{subject}: kernel {kernel.Release} refuses programs of this kind (EPERM): it has no BPF trampolines for them, or is locked down", errno);
        if (errno == Errno.NotPermitted && program is not null && program.IsOf(Iterators))
            return Unsupported($"{subject}: kernel {kernel.Release} refuses this iterator (EPERM), though the agent may load other programs: it is locked down", errno);
        if (errno == Errno.NotPermitted) return KernelRequirements.NotAllowed(name);
        IReadOnlyList<string> verdict = kernelLog.LastLines(VerifierLines);
        if (program is not null && verdict.LastOrDefault(static line => Lacks.Any(lack => line.Contains(lack, StringComparison.Ordinal))) is { } lacking)
            return Unsupported($"{subject} uses something that kernel {kernel.Release} does not have: {lacking.Trim()}", errno);
        return program is not null && verdict.Count > 0
            ? BpfException.With(BpfFailure.Verifier, $"{subject} was rejected by the kernel's verifier:\n    {string.Join("\n    ", verdict)}", errno)
            : BpfException.With(BpfFailure.Other, $"{subject} could not be loaded: {Said(log, errno)}", errno);
    }

    public static BpfException NotAttached(string name, BpfProgram program, KernelFacts kernel, int errno, string[] log)
    {
        string subject = $"{name}: program '{program.Name}' ({program.Section})";
        return errno switch
        {
            // libbpf's answer for a kprobe, tracepoint or raw tracepoint that isn't there.
            Errno.NoEntry or Errno.NoDevice => Unsupported($"{subject} has nothing to attach to: kernel {kernel.Release} lacks it ({Said(log, errno)})", errno),
            Errno.OperationNotSupported or Errno.NotSupportedByKernel => Unsupported($"{subject}: programs of this kind are attached neither by this agent nor by kernel {kernel.Release}: {Said(log, errno)}", errno),
            Errno.NotPermitted or Errno.AccessDenied => BpfException.With(BpfFailure.Permission, $"{subject} could not be attached: {Said(log, errno)}; run the agent as root", errno),
            _ => BpfException.With(BpfFailure.Other, $"{subject} could not be attached: {Said(log, errno)}", errno),
        };
    }

    private static BpfException Unsupported(string message, int errno) => BpfException.With(BpfFailure.Unsupported, message, errno);

    /// <summary>The program whose load failed, by what libbpf printed; null where it was none of these, but a map, say.</summary>
    public static BpfProgram? FailedProgram(IEnumerable<BpfProgram> programs, string[] log)
    {
        Dictionary<string, BpfProgram> known = programs.ToDictionary(static program => program.Name);
        return log.Select(line => known.GetValueOrDefault(ProgramPattern().Match(line).Groups[1].Value)).FirstOrDefault(static program => program is not null);
    }

    private static BpfException UnknownSection(string subject, BpfProgram program, int errno) => Later.Contains(program.SectionKind)
        ? Unsupported($"{subject}: this machine's libbpf does not know programs of this kind; install a newer libbpf, or use another section", errno)
        : BpfException.With(BpfFailure.Object, $"{subject}: libbpf knows no section of this name, so it can't tell the program's type; see the list of sections in libbpf's documentation", errno);

    private static string? MissingType(string[] log) =>
        log.Select(static line => MissingTypePattern().Match(line)).FirstOrDefault(static match => match.Success)?.Groups[1].Value;

    // libbpf's first line is the cause; those after it say that what needed it failed as well.
    private static string Said(string[] log, int errno) => log.Length == 0 ? Errno.Describe(errno) : log[0];

    [GeneratedRegex("^prog '([^']+)'")]
    private static partial Regex ProgramPattern();

    [GeneratedRegex("failed to find kernel BTF type ID of '([^']+)'")]
    private static partial Regex MissingTypePattern();
}
