namespace EbpfAgent.Bpf.Loading;

/// <summary>
/// One thing that an object does, and the programs that can do it: the preferred one first, then those that stand in for it (<see cref="Abstractions.ProgramOptions.InsteadOf"/>).
/// Immutable.
/// </summary>
/// <param name="Programs">The programs' names, at least one.</param>
/// <param name="IsOptional">Whether the rest of the object does without.</param>
internal sealed record ProgramRole(IReadOnlyList<string> Programs, bool IsOptional)
{
    /// <summary>The roles of an object's programs, in the order of the programs that are preferred.</summary>
    /// <param name="name">The object, for messages.</param>
    /// <param name="programs">Its programs, and whether their sections begin with <c>?</c>.</param>
    /// <param name="options">What else is said of them.</param>
    /// <exception cref="BpfException">What is said names a program that is not there, or goes in a circle.</exception>
    public static IReadOnlyList<ProgramRole> Of(string name, IReadOnlyList<(string Name, bool IsOptional)> programs, ObjectOptions options)
    {
        string[] known = new string[programs.Count];
        for (int i = 0; i < known.Length; i++) known[i] = programs[i].Name;
        foreach ((string program, var said) in options.Programs)
        {
            if (!known.Contains(program)) throw Unknown(name, $"program '{program}'", known);
            if (said.InsteadOf is { } other && !known.Contains(other)) throw Unknown(name, $"program '{other}', which '{program}' is to stand in for", known);
        }

        Dictionary<string, List<string>> roles = [];
        foreach (string program in known)
        {
            string preferred = Preferred(name, program, options, known.Length);
            if (!roles.TryGetValue(preferred, out List<string>? role)) roles[preferred] = role = [];
            role.Add(program);
        }

        HashSet<string> optional = [];
        foreach ((string program, bool isOptional) in programs)
        {
            if (isOptional || options.AreProgramsOptional || options.Programs.GetValueOrDefault(program)?.IsOptional == true) optional.Add(program);
        }

        return [.. known.Where(roles.ContainsKey).Select(preferred => new ProgramRole(
            [.. roles[preferred].OrderBy(program => Distance(program, preferred, options))], roles[preferred].Exists(optional.Contains)))];
    }

    private static string Preferred(string name, string program, ObjectOptions options, int most)
    {
        string at = program;
        for (int steps = 0; options.Programs.GetValueOrDefault(at)?.InsteadOf is { } other; at = other)
        {
            if (++steps > most)
                throw BpfException.With(BpfFailure.Object, $"{name}: program '{program}' stands in for itself, by way of '{other}'; let one of them stand in for nothing");
        }

        return at;
    }

    private static int Distance(string program, string preferred, ObjectOptions options)
    {
        int steps = 0;
        for (string at = program; at != preferred; steps++) at = options.Programs[at].InsteadOf!;
        return steps;
    }

    private static BpfException Unknown(string name, string what, string[] known) =>
        BpfException.With(BpfFailure.Object, $"{name} has no {what}; it has: {string.Join(", ", known)}");
}
