namespace EbpfAgent.Decoding.JavaScript;

/// <summary>What one call into a script may use, and loading it as well. All are above 0.</summary>
/// <param name="Timeout">Wall-clock time of a call; loading has <see cref="LoadTimeout"/>.</param>
/// <param name="MemoryBytes">
/// Bytes allocated during the call, freed ones included. What the module's own variables keep adds up over the calls.
/// </param>
/// <param name="Statements">Statements executed.</param>
/// <remarks>A decode of three fields into three labels takes about 1 us, 400 bytes and a handful of statements.</remarks>
internal sealed record ScriptLimits(TimeSpan Timeout, long MemoryBytes, int Statements)
{
    private static readonly TimeSpan LongestLoad = TimeSpan.FromSeconds(5);

    /// <summary>How deep functions may call each other.</summary>
    public const int Recursion = 64;

    /// <summary>The longest array.</summary>
    public const int ArrayLength = 16_384;

    /// <summary>
    /// The longest string that a string method takes or makes, in UTF-16 units; <c>+</c> can build longer ones, within the memory limit.
    /// </summary>
    public const int TextLength = 16_384;

    /// <summary>The longest script, in UTF-16 units.</summary>
    public const int SourceLength = 1 << 18;

    /// <summary>The deepest nesting of a script's syntax tree; a chain of 1,000 <c>+</c> is 1,000 deep.</summary>
    public const int SourceDepth = 200;

    /// <summary>The most files that a script consists of, itself included.</summary>
    public const int Modules = 64;

    /// <summary>The length of all imported files together, in UTF-16 units.</summary>
    public const int ImportedLength = 1 << 20;

    /// <summary>The most values in all imported JSON together: what is in the lists and objects, and they themselves.</summary>
    public const int JsonValues = 1 << 16;

    /// <summary>The deepest nesting of imported JSON.</summary>
    public const int JsonDepth = 64;

    /// <summary>The most lines of <c>console.log</c> in one call.</summary>
    public const int LinesPerCall = 20;

    /// <summary>The most lines of <c>console.log</c> in a minute.</summary>
    public const int LinesPerMinute = 100;

    public static ScriptLimits Default { get; } = new(TimeSpan.FromMilliseconds(250), 2 << 20, 1_000_000);

    /// <summary>Wall-clock time for loading the modules.</summary>
    public TimeSpan LoadTimeout => Timeout > LongestLoad ? Timeout : LongestLoad;

    /// <summary>Time for one match of a regular expression.</summary>
    public TimeSpan RegexTimeout => Timeout / 4;
}
