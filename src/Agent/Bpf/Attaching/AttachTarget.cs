using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf.Attaching;

/// <summary>What a program is attached to, and how. Immutable, and knows nothing of any program: it outlives versions.</summary>
internal abstract class AttachTarget
{
    /// <summary>
    /// What has to be the same beside the section for a program to take another's place: a process, an offset, an event. Not a set of interfaces, which can be changed while the rest stays.
    /// </summary>
    public virtual string Identity => "";

    /// <summary>
    /// Whether what attaches it may outlive the object that it was attached by. Where it may not, a later version attaches anew, and its switch ends the old one some milliseconds before it starts the
    /// new one.
    /// </summary>
    public virtual bool CanChangeHands => true;

    /// <summary>Whether there can be one attachment at a time: a later version that can't take the place over attaches only when the one before has been detached.</summary>
    public virtual bool IsExclusive => false;

    /// <summary>Whether it runs only when the agent asks: no event of it can be lost, and it needs no pin.</summary>
    public virtual bool RunsWhenAsked => false;

    /// <summary>Attaches.</summary>
    /// <param name="context">Whose program.</param>
    /// <param name="runs">What runs there from now on: the program itself, or the dispatcher of its switch. Borrowed; outlives the result.</param>
    /// <exception cref="BpfException">There is nothing to attach to, or the kernel refused; nothing is left of it.</exception>
    public abstract Hold Attach(AttachContext context, BpfProgramHandle runs);
}
