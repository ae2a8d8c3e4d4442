namespace EbpfAgent.Decoding.BuiltIn.RegularExpressions;

/// <summary>
/// Letters that have a third form: to RE2 <c>s</c>, <c>S</c> and the long s are one where case is ignored, to .NET only the first two, since it goes by what is written in lower case.
/// </summary>
internal static class Re2Folding
{
    // Its capital is ASCII, and .NET's invariant culture maps no letter into or out of that.
    private const char LongS = '\u017f';

    /// <summary>Whether a letter is not its own capital's small letter, so that .NET takes it for another.</summary>
    public static bool Differs(char letter) => letter == LongS || char.ToLowerInvariant(char.ToUpperInvariant(letter)) != char.ToLowerInvariant(letter);

    public static bool Differs(string text)
    {
        foreach (var letter in text)
        {
            if (Differs(letter))
                return true;
        }

        return false;
    }
}
