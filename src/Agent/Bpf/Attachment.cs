using System.Runtime.InteropServices;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf;

/// <summary>
/// One attach point with what runs there: through a <see cref="Bpf.Switch"/>, or directly where there can't be one. Owns the link and the switch, not the program.
/// </summary>
internal sealed class Attachment : IDisposable
{
    private BpfLinkHandle _link;

    /// <summary>Takes over link and switch.</summary>
    /// <param name="program">What runs there, by its declaration's section and name.</param>
    /// <param name="link">What attaches the switch or, without one, the program.</param>
    /// <param name="switch">Null for a direct attachment.</param>
    public Attachment(AttachedProgram program, BpfLinkHandle link, Switch? @switch)
    {
        Program = program;
        Switch = @switch;
        _link = link;
    }

    public AttachedProgram Program { get; }

    public Switch? Switch { get; }

    public BpfLinkHandle Link => _link;

    /// <summary>Attaches a switch that is still empty: nothing runs until its program is put in. Null where there can't be one.</summary>
    /// <exception cref="BpfException">There is nothing to attach to, or the kernel refused.</exception>
    public static Attachment? TryPrepare(string name, AttachedProgram program, KernelFacts kernel)
    {
        Switch? made = Switch.TryMake(program.Declared!, program.Handle);
        if (made is null) return null;
        try
        {
            // libbpf knows how each kind is attached, and attaches what the program's descriptor stands for: for this one call, the dispatcher.
            int number = LibBpf.ProgramFd(program.Declared!.Pointer);
            Stand(number, made.Dispatcher, name);
            try
            {
                return new Attachment(program, AttachTo(name, program.Declared, kernel), made);
            }
            finally
            {
                Stand(number, program.Handle, name);
            }
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
        new(program, AttachTo(name, program.Declared!, kernel), null);

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

    /// <summary>Runs the program of a switch; a direct attachment runs already.</summary>
    public void Start() => Switch?.Put(Program.Handle);

    /// <summary>The same attach point, link and switch, with another program in it. Only one of the two may be disposed.</summary>
    public Attachment With(AttachedProgram program) => new(program, _link, Switch);

    /// <summary>Detaches. What is pinned stays attached, and runs on.</summary>
    public void Dispose()
    {
        _link.Dispose();
        Switch?.Dispose();
    }

    private static BpfLinkHandle AttachTo(string name, BpfProgram program, KernelFacts kernel)
    {
        using LibBpfLog.Capture log = LibBpfLog.Begin();
        BpfLinkHandle link = LibBpf.ProgramAttach(program.Pointer);
        return link.IsInvalid ? throw LoadErrors.NotAttached(name, program, kernel, Marshal.GetLastPInvokeError(), log.Lines) : link;
    }

    private static void Stand(int number, BpfProgramHandle program, string name)
    {
        if (LibC.Replace(number, program.Number) < 0)
            throw BpfException.Of($"{name}: can't let one program stand for another while it is attached", Marshal.GetLastPInvokeError());
    }
}
