using EbpfAgent.Bpf.Attaching;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf;

/// <summary>
/// What a program is attached to, with what runs there: through a <see cref="Bpf.Switch"/>, or directly where there can't be one. Owns what attaches and the switch, not the program.
/// </summary>
internal sealed class Attachment : IDisposable
{
    private readonly Hold _hold;

    /// <summary>Takes over hold and switch.</summary>
    /// <param name="program">What runs there, by its declaration's section and name.</param>
    /// <param name="hold">What attaches the switch or, without one, the program.</param>
    /// <param name="switch">Null for a direct attachment.</param>
    public Attachment(AttachedProgram program, Hold hold, Switch? @switch)
    {
        Program = program;
        Switch = @switch;
        _hold = hold;
    }

    public AttachedProgram Program { get; }

    public Switch? Switch { get; }

    /// <summary>The link that a pin keeps; null where there is none, or several, or where it may not outlive its object.</summary>
    public BpfLinkHandle? Link => Program.Target.CanChangeHands ? _hold.Link : null;

    /// <summary>See <see cref="Hold.Pending"/>.</summary>
    public IReadOnlyList<string> Pending => _hold.Pending;

    /// <summary>Attaches a switch that is still empty: nothing runs until its program is put in. Null where there can't be one.</summary>
    /// <exception cref="BpfException">There is nothing to attach to, or the kernel refused.</exception>
    public static Attachment? TryPrepare(string name, AttachedProgram program, KernelFacts kernel)
    {
        Switch? made = Switch.TryMake(program.Declared!, program.Handle);
        if (made is null) return null;
        try
        {
            return new Attachment(program, program.Target.Attach(new AttachContext(name, program, kernel), made.Dispatcher), made);
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Attaches the program itself: it runs from now on.</summary>
    /// <exception cref="BpfException">There is nothing to attach to, or the kernel refused.</exception>
    public static Attachment Direct(string name, AttachedProgram program, KernelFacts kernel) =>
        new(program, program.Target.Attach(new AttachContext(name, program, kernel), program.Handle), null);

    /// <summary>
    /// Attaches for the first time: a switch, still empty, where there can be one, else the program itself. Some kinds' rights are checked when they are attached, so such a program
    /// is attached once by itself, for the moment; what it counts in it, it would have counted anyway.
    /// </summary>
    /// <exception cref="BpfException">There is nothing to attach to, or the kernel refused.</exception>
    public static Attachment Checked(string name, AttachedProgram program, KernelFacts kernel)
    {
        if (!Dispatcher.Serves(program.Declared!)) return Direct(name, program, kernel);
        if (Dispatcher.IsCheckedWhenAttached(program.Declared!)) Direct(name, program, kernel).Dispose();
        return TryPrepare(name, program, kernel) ?? Direct(name, program, kernel);
    }

    /// <summary>Whether another program can be put in by the switch, instead of this one: it is for the same place, and the kernel takes it.</summary>
    public bool Takes(AttachedProgram program) =>
        Switch is not null && Program.Target.CanChangeHands && Program.Target.Identity == program.Target.Identity && Switch.Takes(program.Handle);

    /// <summary>Runs the program of a switch; a direct attachment runs already.</summary>
    public void Start() => Switch?.Put(Program.Handle);

    /// <summary>The same hold and switch, with another program in it. Only one of the two may be disposed.</summary>
    public Attachment With(AttachedProgram program) => new(program, _hold, Switch);

    /// <summary>The program's version has taken over, for good.</summary>
    public void Follow(string name, KernelFacts kernel) => _hold.Follow(Program.Target, new AttachContext(name, Program, kernel));

    /// <summary>See <see cref="Hold.LetGo"/>.</summary>
    public void LetGo() => _hold.LetGo();

    /// <summary>See <see cref="Hold.Reach"/>.</summary>
    public void Reach() => _hold.Reach();

    /// <summary>Runs an iterator once; nothing happens for other kinds.</summary>
    /// <exception cref="BpfException">It failed midway.</exception>
    public void RunIterator(string name, KernelFacts kernel)
    {
        if (_hold is IteratorHold iterator) iterator.Run(new AttachContext(name, Program, kernel));
    }

    /// <summary>Detaches. What is pinned stays attached, and runs on.</summary>
    public void Dispose()
    {
        _hold.Dispose();
        Switch?.Dispose();
    }
}
