namespace EbpfAgent.Configuration;

/// <summary>Where a setting was written: a place in a file, a whole file, or an environment variable. Immutable.</summary>
/// <param name="Source">The file as the user named it, or the variable in words.</param>
/// <param name="Line">The line, from 1; 0 where <paramref name="Source"/> has no lines.</param>
/// <param name="Column">The column in Unicode characters (not bytes), from 1; 0 where <paramref name="Source"/> has no lines.</param>
internal readonly record struct JsonPosition(string Source, int Line, int Column)
{
    /// <summary>True for a value that came from an environment variable: it has no type of its own, and its name has no case.</summary>
    public bool IsEnvironment { get; private init; }

    /// <summary>A file as a whole.</summary>
    public static JsonPosition OfFile(string file) => new(file, 0, 0);

    /// <summary>An environment variable, by its full name.</summary>
    public static JsonPosition OfEnvironment(string variable) => new($"environment variable {variable}", 0, 0) { IsEnvironment = true };

    /// <summary><c>agent.json:12:5</c>, <c>agent.json</c> or <c>environment variable EBPF_AGENT_LISTEN</c>.</summary>
    public override string ToString() => Line == 0 ? Source : $"{Source}:{Line}:{Column}";
}
