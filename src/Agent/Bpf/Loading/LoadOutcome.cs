namespace EbpfAgent.Bpf.Loading;

/// <summary>
/// Which programs of an object are loaded and attached, and why the others are not: those that can't run on this kernel, and those that are not needed since another one does what they
/// would do. Not safe for use by several threads.
/// </summary>
/// <param name="name">The object, for messages.</param>
/// <param name="roles">What it does.</param>
internal sealed class LoadOutcome(string name, IReadOnlyList<ProgramRole> roles)
{
    private readonly Dictionary<string, BpfException> _failed = [];

    public static LoadOutcome Empty { get; } = new("", []);

    public IReadOnlyList<ProgramRole> Roles { get; } = roles;

    /// <summary>
    /// The programs that could not run where the rest does: of each role that nothing does, the preferred one, with the reason; the same for a program that another stands in for is in <see cref="Replaced"/>.
    /// </summary>
    public IReadOnlyList<(string Program, string Reason)> Unsupported => _failed.Count == 0
        ? []
        : [.. Roles.Where(role => role.Programs.All(_failed.ContainsKey)).Select(role => (role.Programs[0], string.Join("; nor can its stand-in: ", role.Programs.Select(program => _failed[program].Message))))];

    /// <summary>The programs that could not run, and the one that runs instead.</summary>
    public IReadOnlyList<(string Program, string By, string Reason)> Replaced => _failed.Count == 0
        ? []
        : [.. Roles.Where(role => !role.Programs.All(_failed.ContainsKey))
            .SelectMany(role => role.Programs.TakeWhile(_failed.ContainsKey).Select(program => (program, role.Programs.First(other => !_failed.ContainsKey(other)), _failed[program].Message)))];

    /// <summary>
    /// Whether a program is to be loaded: unless it is known to fail. That goes for one that stands in for another as well, since only the attachment shows whether the other can run (arm64 before 6.0
    /// loads an fentry program and doesn't attach it); what isn't needed is unloaded when that is known.
    /// </summary>
    public bool IsLoaded(string program) => !_failed.ContainsKey(program);

    /// <summary>An object of which nothing runs is none that does without something: it would be there for ever and count nothing.</summary>
    /// <exception cref="BpfException">Nothing runs, and something was left out.</exception>
    public void DemandAny(bool any)
    {
        if (any || _failed.Count == 0) return;
        throw BpfException.With(
            // A binary may be installed yet, and then it is worth another try.
            _failed.Values.Any(static failure => failure.Failure == BpfFailure.Missing) ? BpfFailure.Missing : BpfFailure.Unsupported,
            $"{name}: nothing of it can run here, though each is optional: {string.Join("; ", Unsupported.Select(static one => one.Reason))}");
    }

    /// <summary>The failure of the last program of a role that the object can't do without, with those of the programs that it stood in for.</summary>
    public BpfException Explain(string program, BpfException failure)
    {
        string[] before = [.. Roles.FirstOrDefault(one => one.Programs.Contains(program))?.Programs.Where(other => other != program && _failed.ContainsKey(other)).Select(other => _failed[other].Message) ?? []];
        return before.Length == 0 ? failure : BpfException.With(failure.Failure, $"{failure.Message}; it stands in for what failed as well: {string.Join("; ", before)}", failure.Errno);
    }

    /// <summary>Notes that a program can't be loaded or attached; false where the object can't do without.</summary>
    public bool TryLeaveOut(string program, BpfException failure)
    {
        ProgramRole? role = Roles.FirstOrDefault(one => one.Programs.Contains(program));
        // No right to load is no lack of the kernel's: it would be the same for the next.
        if (role is null || failure.Failure == BpfFailure.Permission || _failed.ContainsKey(program)) return false;
        if (!role.IsOptional && role.Programs.All(other => other == program || _failed.ContainsKey(other))) return false;
        _failed[program] = failure;
        return true;
    }
}
