namespace EbpfAgent.Tests.Soak;

/// <summary>What lies in a plugin's folder.</summary>
/// <param name="Labelling">How it names its keys.</param>
/// <param name="Version">The constant in its programs, which is the value that they observe: 1 or 2.</param>
/// <param name="OtherBounds">Whether its buckets are those of the other scheme.</param>
/// <param name="Help">A number in its metric's help text.</param>
/// <param name="Label">The name of its label.</param>
/// <param name="Damage">What is wrong with it.</param>
internal sealed record Content(
    Labelling Labelling = Labelling.First, int Version = 1, bool OtherBounds = false, int Help = 0, string Label = Content.FirstLabel, Damage Damage = Damage.None)
{
    public const string FirstLabel = "set";

    public const string SecondLabel = "group";

    /// <summary>The object that it is of.</summary>
    public string Object => $"soak_{(OtherBounds ? "bounds_" : "")}{Version}.bpf.o";
}

/// <summary>What can be wrong with a plugin. None of these can run, and the version before must go on.</summary>
internal enum Damage
{
    None,

    /// <summary>Half of the object is missing.</summary>
    TruncatedObject,

    /// <summary>The script, or the DLL, is not one.</summary>
    BrokenCode,

    /// <summary>The script throws on each key. Not for a DLL.</summary>
    ThrowingCode,

    /// <summary>The manifest ends in the middle. Not for a DLL.</summary>
    BrokenManifest,

    /// <summary>The metric's name is another plugin's. Not for a DLL.</summary>
    TakenName,
}
