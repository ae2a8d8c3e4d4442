namespace EbpfAgent.Decoding.JavaScript;

/// <summary>A script as it was read: where from, its text, and what it may import. Immutable.</summary>
/// <param name="Path">Its path, for messages; ends with <see cref="Name"/>.</param>
/// <param name="Text">Its text.</param>
internal sealed record ScriptSource(string Path, string Text)
{
    /// <summary>Its path below the folder whose files it may import: <c>labels/disk.js</c>. By default that is the folder it lies in.</summary>
    public string Name { get; init; } = System.IO.Path.GetFileName(Path);

    /// <summary>The folder's files; none unless set.</summary>
    public IScriptFiles Files { get; init; } = NoScriptFiles.Instance;

    /// <summary>The path of a file of the folder, as messages show it.</summary>
    public string PathOf(string name) => string.Concat(Path.AsSpan(0, Path.Length - Name.Length), name);
}
