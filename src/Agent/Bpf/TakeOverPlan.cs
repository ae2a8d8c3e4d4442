namespace EbpfAgent.Bpf;

/// <summary>
/// How a new version's programs take the places of another's: made in advance, with all that can fail, then carried out. Until then the other runs as if nothing were;
/// disposing a plan that was not carried out leaves no trace.
/// </summary>
internal sealed class TakeOverPlan : IDisposable
{
    private readonly string _name;
    private readonly KernelFacts _kernel;
    private readonly List<(Attachment Old, AttachedProgram New)> _flips = [];
    private readonly List<Replacement> _replacements = [];

    /// <exception cref="BpfException">This kernel lacks an attach point, or refused it; nothing is left of the plan.</exception>
    public TakeOverPlan(string name, IReadOnlyList<Attachment> old, IReadOnlyList<AttachedProgram> programs, KernelFacts kernel)
    {
        _name = name;
        _kernel = kernel;
        List<Attachment> left = [.. old];
        Dictionary<AttachedProgram, Attachment> pairs = Pair(left, programs);
        try
        {
            foreach (AttachedProgram program in programs) Plan(pairs.GetValueOrDefault(program), program);
            foreach (Attachment ended in left) _replacements.Add(new Replacement(ended, null, null));
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

    /// <summary>The old version's program that each of the new ones follows.</summary>
    public IEnumerable<(AttachedProgram Old, AttachedProgram New)> Successions =>
        _flips.Select(static flip => (flip.Old.Program, flip.New))
            .Concat(_replacements.Where(static one => one.Old is not null && one.New is not null).Select(static one => (one.Old!.Program, one.New!)));

    public void Dispose()
    {
        foreach (Replacement one in _replacements) one.Prepared?.Dispose();
        _replacements.Clear();
    }

    private void Plan(Attachment? old, AttachedProgram program)
    {
        if (old?.Switch is { } shared && shared.Takes(program.Handle)) _flips.Add((old, program));
        else _replacements.Add(new Replacement(old, Attachment.TryPrepare(_name, program, _kernel), program));
    }

    // A direct attachment's program ends before the next one begins: what falls between is lost, and nothing is counted twice.
    private void Replace(Replacement one, List<Attachment> old, Stack<Action> undo, List<Attachment> result)
    {
        if (one.Old is { Switch: { } place } ended)
        {
            undo.Push(ended.Start);
            place.Empty();
        }
        else if (one.Old is { } direct)
        {
            direct.Dispose();
            undo.Push(() => old[old.IndexOf(direct)] = Attachment.Direct(_name, direct.Program, _kernel));
        }

        if (one.Prepared is { } prepared)
        {
            prepared.Start();
            undo.Push(prepared.Switch!.Empty);
            result.Add(prepared);
        }
        else if (one.New is { } program)
        {
            Attachment made = Attachment.Direct(_name, program, _kernel);
            undo.Push(made.Dispose);
            result.Add(made);
        }
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

    // By section and name, then by section alone: a function that was renamed still follows itself. What finds no partner stays in `old`.
    private static Dictionary<AttachedProgram, Attachment> Pair(List<Attachment> old, IReadOnlyList<AttachedProgram> programs)
    {
        Dictionary<AttachedProgram, Attachment> pairs = new(ReferenceEqualityComparer.Instance);
        Pair((one, program) => one.Section == program.Section && one.Name == program.Name);
        Pair((one, program) => one.Section == program.Section);
        return pairs;

        void Pair(Func<AttachedProgram, AttachedProgram, bool> fits)
        {
            foreach (AttachedProgram program in programs)
            {
                if (pairs.ContainsKey(program) || old.Find(one => fits(one.Program, program)) is not { } found) continue;
                pairs.Add(program, found);
                old.Remove(found);
            }
        }
    }

    /// <summary>What ends, and what begins in its place: one prepared behind a switch, or a program that is attached directly.</summary>
    private sealed record Replacement(Attachment? Old, Attachment? Prepared, AttachedProgram? New);
}
