namespace EbpfAgent.Decoding.JavaScript;

/// <summary>The files that a script may import: those of its folder, and no others. For one thread.</summary>
internal interface IScriptFiles
{
    /// <summary>A file's text, without a byte order mark.</summary>
    /// <param name="name">Its path below the folder, without <c>.</c> and <c>..</c>: <c>lib/names.json</c>.</param>
    /// <returns>The text; null where there is no such file.</returns>
    /// <exception cref="IOException">It can't be read, is too large, or a link leads out of the folder; the message is the rest of a sentence that names the file.</exception>
    string? Read(string name);
}

/// <summary>For a script that stands alone.</summary>
internal sealed class NoScriptFiles : IScriptFiles
{
    public static NoScriptFiles Instance { get; } = new();

    public string? Read(string name) => null;
}
