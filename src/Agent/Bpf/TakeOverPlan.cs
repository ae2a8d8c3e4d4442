using EbpfAgent.Bpf.Loading;

namespace EbpfAgent.Bpf;

/// <summary>
/// How a new version's programs take the places of another's: made in advance, with all that can fail, then carried out. Until then the other runs as if nothing were;
/// disposing a plan that was not carried out leaves no trace.
/// </summary>
internal sealed class TakeOverPlan : IDisposable
{
    private readonly string _name;
    private readonly KernelFacts _kernel;
    private readonly LoadOutcome _outcome;
    private readonly bool _isPlaceTaken;
    private readonly List<(Attachment Old, AttachedProgram New)> _flips = [];
    private readonly List<Replacement> _replacements = [];
    private readonly List<(AttachedProgram Old, AttachedProgram New)> _successions = [];

    /// <param name="name">The new version's object.</param>
    /// <param name="old">What runs.</param>
    /// <param name="choices">The new version's programs.</param>
    /// <param name="outcome">Where those are noted that can't be attached.</param>
    /// <param name="kernel">This kernel.</param>
    /// <exception cref="BpfException">This kernel lacks an attach point, or refused it; nothing is left of the plan.</exception>
    public TakeOverPlan(string name, IReadOnlyList<Attachment> old, IReadOnlyList<ProgramChoice> choices, LoadOutcome outcome, KernelFacts kernel)
    {
        _name = name;
        _kernel = kernel;
        _outcome = outcome;
        _isPlaceTaken = old.Any(static one => one.Program.Target.IsExclusive);
        List<Attachment> left = [.. old];
        Dictionary<ProgramChoice, Attachment> pairs = Pair(left, choices);
        try
        {
            // First, since one that begins may need the place of one that ends.
            foreach (Attachment ended in left) _replacements.Add(new Replacement(ended, null, null));
            foreach (ProgramChoice choice in choices) Plan(pairs.GetValueOrDefault(choice), choice);
            outcome.DemandAny(_flips.Count > 0 || _replacements.Exists(one => one.New is { } begins && begins.Candidates.Any(program => outcome.IsLoaded(program.Name))));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Carries it out. What was the other's is moved or detached: of <paramref name="old"/> nothing is left.</summary>
    /// <returns>What the new version's programs run at.</returns>
    /// <exception cref="BpfException">A program could not be put in its place; what had been done is undone.</exception>
    public List<Attachment> CarryOut(List<Attachment> old)
    {
        var undo = new Stack<Action>();
        List<Attachment> result = [];
        try
        {
            foreach ((Attachment place, AttachedProgram program) in _flips)
            {
                place.Switch!.Put(program.Handle);
                undo.Push(place.Start);
                result.Add(place.With(program));
                _successions.Add((place.Program, program));
            }

            foreach (Replacement one in _replacements) Replace(one, old, undo, result);
        }
        catch (Exception cause)
        {
            Undo(undo, cause);
            throw;
        }

        foreach (Replacement one in _replacements) one.Old?.Dispose();
        _replacements.Clear();
        old.Clear();
        return result;
    }

    /// <summary>The old version's program that each of the new ones has followed, once it is carried out.</summary>
    public IEnumerable<(AttachedProgram Old, AttachedProgram New)> Successions => _successions;

    public void Dispose()
    {
        foreach (Replacement one in _replacements) one.Prepared?.Dispose();
        _replacements.Clear();
    }

    // In the order of preference. A direct attachment can be tried only when the old one has ended, so a stand-in that can take the old one's place in one step goes before it: it ran until now, and no
    // event is lost.
    private void Plan(Attachment? old, ProgramChoice choice)
    {
        AttachedProgram[] candidates = [.. choice.Candidates.Where(program => _outcome.IsLoaded(program.Name))];
        AttachedProgram? successor = old is null ? null : candidates.FirstOrDefault(old.Takes);
        foreach (AttachedProgram program in candidates)
        {
            if (program == successor)
            {
                _flips.Add((old!, program));
                return;
            }

            if (IsPreparable(program) && TryPrepare(program) is { } prepared)
            {
                _replacements.Add(new Replacement(old, prepared, new ProgramChoice([program])));
                return;
            }

            // It can be attached, but only when the old one has ended.
            if (_outcome.IsLoaded(program.Name) && successor is null) break;
        }

        _replacements.Add(new Replacement(old, null, choice));
    }

    private bool IsPreparable(AttachedProgram program) => Dispatcher.Serves(program.Declared!) && !(program.Target.IsExclusive && _isPlaceTaken);

    private Attachment? TryPrepare(AttachedProgram program)
    {
        try
        {
            return Attachment.TryPrepare(_name, program, _kernel);
        }
        catch (BpfException e)
        {
            if (!_outcome.TryLeaveOut(program.Name, e)) throw _outcome.Explain(program.Name, e);
            return null;
        }
    }

    // A direct attachment's program ends before the next one begins: what falls between is lost, and nothing is counted twice.
    private void Replace(Replacement one, List<Attachment> old, Stack<Action> undo, List<Attachment> result)
    {
        if (one.Old is { Switch: { } place } ended && (one.Prepared is not null || !ended.Program.Target.IsExclusive))
        {
            undo.Push(ended.Start);
            place.Empty();
        }
        else if (one.Old is { } direct)
        {
            direct.Dispose();
            undo.Push(() => old[old.IndexOf(direct)] = Make(direct.Program));
        }

        if (one.Prepared is { } prepared)
        {
            prepared.Start();
            undo.Push(prepared.Switch!.Empty);
            Add(one, prepared, result);
        }
        else if (one.New?.Attach(_outcome, Make) is { } made)
        {
            undo.Push(made.Dispose);
            Add(one, made, result);
        }
    }

    private void Add(Replacement one, Attachment made, List<Attachment> result)
    {
        result.Add(made);
        if (one.Old is { } old) _successions.Add((old.Program, made.Program));
    }

    private Attachment Make(AttachedProgram program)
    {
        Attachment made = Attachment.TryPrepare(_name, program, _kernel) ?? Attachment.Direct(_name, program, _kernel);
        made.Start();
        return made;
    }

    // The last thing first. One that can't be undone doesn't keep the others from it.
    private static void Undo(Stack<Action> undo, Exception cause)
    {
        List<string> failed = [];
        while (undo.TryPop(out Action? step))
        {
            try
            {
                step();
            }
            catch (BpfException e)
            {
                failed.Add(e.Message);
            }
        }

        if (failed.Count > 0)
            throw BpfException.With(BpfFailure.Other, $"{cause.Message}; the version before could not be restored: {string.Join("; ", failed)}");
    }

    // By section and name, at the same place before another; then by section and place alone: a function that was renamed still follows itself. What finds no partner stays in `old`.
    private static Dictionary<ProgramChoice, Attachment> Pair(List<Attachment> old, IReadOnlyList<ProgramChoice> choices)
    {
        Dictionary<ProgramChoice, Attachment> pairs = [];
        Pair(static (one, program) => one.Section == program.Section && one.Name == program.Name && one.Target.Identity == program.Target.Identity);
        Pair(static (one, program) => one.Section == program.Section && one.Name == program.Name);
        Pair(static (one, program) => one.Section == program.Section && one.Target.Identity == program.Target.Identity);
        return pairs;

        void Pair(Func<AttachedProgram, AttachedProgram, bool> fits)
        {
            foreach (ProgramChoice choice in choices)
            {
                if (pairs.ContainsKey(choice) || old.Find(one => choice.Candidates.Any(program => fits(one.Program, program))) is not { } found) continue;
                pairs.Add(choice, found);
                old.Remove(found);
            }
        }
    }

    /// <summary>What ends, and what begins in its place: one prepared behind a switch, or one that is attached when the old has ended.</summary>
    private sealed record Replacement(Attachment? Old, Attachment? Prepared, ProgramChoice? New);
}
