using System.Collections.Immutable;

namespace EbpfAgent.Decoding.JavaScript;

/// <summary>
/// A script and all that it imports, read and parsed before any of it runs, so that every objection has its place and nothing is read later. Immutable.
/// </summary>
internal sealed class ScriptModules
{
    private readonly ScriptSource _source;
    private readonly ScriptLimits _limits;
    private readonly Dictionary<string, ScriptModule> _byName = new(StringComparer.Ordinal);
    private readonly Queue<ScriptModule> _pending = [];
    private int _length;

    private ScriptModules(ScriptSource source, ScriptLimits limits)
    {
        (_source, _limits) = (source, limits);
        Entry = Add(source.Name, source.Text);
        while (_pending.TryDequeue(out var module))
        {
            foreach (var import in module.Imports)
                module.Imported[import.Specifier] = Find(module, import);
        }

        foreach (var module in _byName.Values)
            CheckNames(module);
        ByPath = _byName.Values.ToImmutableDictionary(module => module.Path, StringComparer.Ordinal);
    }

    public ScriptModule Entry { get; }

    public ImmutableDictionary<string, ScriptModule> ByPath { get; }

    /// <exception cref="ScriptException">A file is not there, can't be parsed, or may not be imported.</exception>
    public static ScriptModules Load(ScriptSource source, ScriptLimits limits) => new(source, limits);

    private ScriptModule Find(ScriptModule importer, ScriptImport import)
    {
        if (!ScriptSpecifier.TryResolve(importer.Name, import.Specifier, out var name, out var objection))
            throw Refused(importer, import, objection);
        if (ObjectionToType(import, ScriptSpecifier.IsJson(name)) is { } wrong)
            throw Refused(importer, import, wrong);
        return _byName.GetValueOrDefault(name) ?? Add(name, Read(importer, import, name));
    }

    private static string? ObjectionToType(ScriptImport import, bool isJson) => (isJson, import.Type) switch
    {
        (true, "json") or (false, null) => null,
        (true, _) => "is JSON; write: import names from \"./names.json\" with { type: \"json\" }",
        (false, _) => "is no JSON; leave the attributes away",
    };

    private string Read(ScriptModule importer, ScriptImport import, string name)
    {
        if (_byName.Count == ScriptLimits.Modules)
            throw Refused(importer, import, $"is one file too many; a script has at most {ScriptLimits.Modules}, itself included");
        string text;
        try
        {
            text = _source.Files.Read(name) ?? throw Refused(importer, import, $"is not there: {_source.PathOf(name)}; add the file, or correct the name");
        }
        catch (IOException exception)
        {
            throw Refused(importer, import, exception.Message);
        }

        _length += text.Length;
        return _length <= ScriptLimits.ImportedLength
            ? text
            : throw Refused(importer, import, $"is too much: all imported files together have more than {ScriptLimits.ImportedLength} characters");
    }

    private ScriptModule Add(string name, string text)
    {
        var path = _source.PathOf(name);
        var module = new ScriptModule(name, path, text, ScriptSpecifier.IsJson(name) ? null : ScriptParser.Parse(path, text, _limits));
        _byName.Add(name, module);
        _pending.Enqueue(module);
        return module;
    }

    private static void CheckNames(ScriptModule module)
    {
        foreach (var import in module.Imports)
        {
            var imported = module.Imported[import.Specifier];
            if (import.Names.FirstOrDefault(name => !Exports(imported, name, [])) is not { } missing)
                continue;
            throw Refused(module, import, imported.Program is null
                ? $"is JSON, which has no '{missing}'; write: import names from \"{import.Specifier}\" with {{ type: \"json\" }}"
                : $"doesn't export '{missing}'");
        }
    }

    private static bool Exports(ScriptModule module, string name, HashSet<ScriptModule> seen) =>
        module.Exports.Contains(name) || (name != ScriptExports.Default && seen.Add(module) && Forwarded(module).Any(other => Exports(other, name, seen)));

    private static IEnumerable<ScriptModule> Forwarded(ScriptModule module) =>
        module.Imports.Where(import => import.Node is Acornima.Ast.ExportAllDeclaration { Exported: null }).Select(import => module.Imported[import.Specifier]);

    private static ScriptException Refused(ScriptModule importer, ScriptImport import, string why)
    {
        const int shown = 100;
        var specifier = string.Concat(import.Specifier.Take(shown).Select(letter => char.IsControl(letter) ? '?' : letter));
        return new($"{importer.At(import.Node)}: '{specifier}' {why}.");
    }
}
