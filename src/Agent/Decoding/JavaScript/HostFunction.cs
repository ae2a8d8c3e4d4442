namespace EbpfAgent.Decoding.JavaScript;

/// <summary>A function of <c>host</c>. Immutable.</summary>
/// <param name="Signature">As the usage shows it, without <c>host.</c>: <c>device(major, minor)</c>.</param>
/// <param name="Takes">The rest of the sentence that says what it takes.</param>
/// <param name="Call">Gives its answer; throws a script's TypeError for arguments that aren't as the usage says.</param>
internal sealed record HostFunction(string Signature, string Takes, Func<ScriptArguments, HostAnswer> Call)
{
    public string Name => Signature[..Signature.IndexOf('(', StringComparison.Ordinal)];

    public string Usage => $"host.{Signature} takes {Takes}";

    /// <summary>How many arguments it has to have.</summary>
    public int Arity => Signature.Split('[')[0].Count(letter => letter == ',') + 1;
}

/// <summary>What the host has said.</summary>
/// <param name="Text">Null where it doesn't know.</param>
/// <param name="MayChange">Whether the same question may have another answer later.</param>
internal readonly record struct HostAnswer(string? Text, bool MayChange);
