using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf.Attaching;

/// <summary>What the section's name says, as libbpf reads it. Minimum kernel: that of the section's kind.</summary>
internal sealed class SectionTarget : LinkTarget
{
    protected override BpfLinkHandle Call(AttachContext context, BpfProgram program) => LibBpf.ProgramAttach(program.Pointer);

    protected override BpfException Refused(AttachContext context, int errno, string[] said) =>
        LoadErrors.NotAttached(context.Name, context.Program.Declared!, context.Kernel, errno, said);
}

/// <summary>Nothing: the section names a kind, and the place has to be said. An error when it is attached.</summary>
/// <param name="wanted">What has to be said: "which interfaces".</param>
internal sealed class UnplacedTarget(string wanted) : AttachTarget
{
    public override Hold Attach(AttachContext context, BpfProgramHandle runs) => throw BpfException.With(
        BpfFailure.Object, $"{context.Subject} is attached to what its section does not say; say {wanted}, for '{context.Program.Name}' under \"programs\" in plugin.json, or in IPlugin.Programs");
}

/// <summary>Where a program that was found pinned is attached: known by its identity, and not attached again.</summary>
internal sealed class PinnedTarget(string identity) : AttachTarget
{
    public override string Identity => identity;

    public override Hold Attach(AttachContext context, BpfProgramHandle runs) => throw new InvalidOperationException($"{context.Subject} was found pinned, and is attached");
}
