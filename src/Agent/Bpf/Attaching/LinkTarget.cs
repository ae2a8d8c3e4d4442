using System.Runtime.InteropServices;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf.Attaching;

/// <summary>What libbpf attaches by a program's declaration, which gives one link.</summary>
internal abstract class LinkTarget : AttachTarget
{
    public override Hold Attach(AttachContext context, BpfProgramHandle runs)
    {
        BpfProgram declared = context.Program.Declared!;
        if (ReferenceEquals(runs, context.Program.Handle)) return Attach(context, declared);
        // libbpf knows how each kind is attached, and attaches what the program's descriptor stands for: for this one call, the dispatcher.
        int number = LibBpf.ProgramFd(declared.Pointer);
        Stand(number, runs, context);
        try
        {
            return Attach(context, declared);
        }
        finally
        {
            Stand(number, context.Program.Handle, context);
        }
    }

    protected virtual Hold Wrap(BpfLinkHandle link) => new LinkHold(link);

    /// <summary>The call; an invalid handle with errno if it fails.</summary>
    protected abstract BpfLinkHandle Call(AttachContext context, BpfProgram program);

    /// <summary>What its failure means.</summary>
    protected abstract BpfException Refused(AttachContext context, int errno, string[] said);

    private Hold Attach(AttachContext context, BpfProgram program)
    {
        using LibBpfLog.Capture log = LibBpfLog.Begin();
        BpfLinkHandle link = Call(context, program);
        return link.IsInvalid ? throw Refused(context, Marshal.GetLastPInvokeError(), log.Lines) : Wrap(link);
    }

    private static void Stand(int number, BpfProgramHandle program, AttachContext context)
    {
        if (LibC.Replace(number, program.Number) < 0)
            throw BpfException.Of($"{context.Name}: can't let one program stand for another while it is attached", Marshal.GetLastPInvokeError());
    }
}
