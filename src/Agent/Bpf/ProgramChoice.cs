using EbpfAgent.Bpf.Loading;

namespace EbpfAgent.Bpf;

/// <summary>Programs that do the same, of which the first that can be attached is: those of a <see cref="ProgramRole"/> that are loaded, in its order. Owns nothing.</summary>
/// <param name="candidates">The preferred one first.</param>
internal sealed class ProgramChoice(IReadOnlyList<AttachedProgram> candidates)
{
    public IReadOnlyList<AttachedProgram> Candidates { get; } = candidates;

    /// <summary>The choices of an object.</summary>
    public static ProgramChoice[] Of(IReadOnlyList<AttachedProgram> programs, IReadOnlyList<ProgramRole> roles) =>
    [
        .. roles.Select(role => new ProgramChoice([.. role.Programs.Select(name => programs.FirstOrDefault(program => program.Name == name)).OfType<AttachedProgram>()]))
            .Where(static choice => choice.Candidates.Count > 0),
    ];

    /// <summary>Attaches the first that can be.</summary>
    /// <param name="outcome">Where the others are noted.</param>
    /// <param name="attach">How.</param>
    /// <returns>Null where none can be, and the object can do without.</returns>
    /// <exception cref="BpfException">None can be, and the object can't do without.</exception>
    public Attachment? Attach(LoadOutcome outcome, Func<AttachedProgram, Attachment> attach)
    {
        foreach (AttachedProgram program in Candidates)
        {
            if (!outcome.IsLoaded(program.Name)) continue;
            try
            {
                return attach(program);
            }
            catch (BpfException e)
            {
                if (!outcome.TryLeaveOut(program.Name, e)) throw outcome.Explain(program.Name, e);
            }
        }

        return null;
    }
}
