using System.Collections.Immutable;
using Acornima.Ast;
using Jint;

namespace EbpfAgent.Decoding.JavaScript;

/// <summary>One file of a script: a parsed module, or JSON that becomes one.</summary>
/// <param name="name">Its path below the script's folder.</param>
/// <param name="path">Its path, for messages; what the engine knows it by.</param>
/// <param name="text">Its text.</param>
/// <param name="program">The parsed module; null for JSON.</param>
internal sealed class ScriptModule(string name, string path, string text, Prepared<Module>? program)
{
    public string Name => name;

    public string Path => path;

    public string Text => text;

    public Prepared<Module>? Program => program;

    /// <summary>What it imports, in the order of the text.</summary>
    public ImmutableArray<ScriptImport> Imports { get; } =
        program is { Program: { } module } ? [.. module.Body.Select(ScriptImport.From).OfType<ScriptImport>()] : [];

    /// <summary>The names that it exports by itself.</summary>
    public ImmutableHashSet<string> Exports { get; } = program is { Program: { } module } ? [.. ScriptExports.Names(module)] : [ScriptExports.Default];

    /// <summary>For what follows <c>from</c>, the module that is meant.</summary>
    public Dictionary<string, ScriptModule> Imported { get; } = new(StringComparer.Ordinal);

    /// <summary>A place in it, as editors show it.</summary>
    public string At(Node node) => ScriptParser.At(Path, node.Location.Start);
}
