using System.Collections.Immutable;
using Acornima.Ast;

namespace EbpfAgent.Decoding.JavaScript;

/// <summary>An import or re-export of a module, as it is written there. Immutable.</summary>
/// <param name="Specifier">What follows <c>from</c>.</param>
/// <param name="Names">The names that the other module has to export; empty for <c>*</c> and for none.</param>
/// <param name="Type">The attribute <c>type</c>, which is <c>json</c> for JSON; null where there is none.</param>
/// <param name="Node">Where it is written.</param>
internal sealed record ScriptImport(string Specifier, ImmutableArray<string> Names, string? Type, Node Node)
{
    /// <summary>What a statement at the top of a module imports; null for all others.</summary>
    public static ScriptImport? From(Statement statement) => statement switch
    {
        ImportDeclaration import =>
            new(import.Source.Value, [.. import.Specifiers.Select(NameOf).OfType<string>()], TypeOf(import.Attributes), import),
        ExportNamedDeclaration { Source: { } source } export =>
            new(source.Value, [.. export.Specifiers.Select(specifier => ScriptExports.NameOf(specifier.Local))], TypeOf(export.Attributes), export),
        ExportAllDeclaration export => new(export.Source.Value, [], TypeOf(export.Attributes), export),
        _ => null,
    };

    private static string? NameOf(ImportDeclarationSpecifier specifier) => specifier switch
    {
        ImportSpecifier named => ScriptExports.NameOf(named.Imported),
        ImportDefaultSpecifier => ScriptExports.Default,
        _ => null,
    };

    // An attribute that is not known has to fail the import, not be passed over: it may be what makes the import safe.
    private static string? TypeOf(in NodeList<ImportAttribute> attributes) => attributes.Count switch
    {
        0 => null,
        1 when ScriptExports.NameOf(attributes[0].Key) == "type" => attributes[0].Value.Value,
        _ => "",
    };
}
