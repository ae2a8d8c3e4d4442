using Acornima.Ast;

namespace EbpfAgent.Decoding.JavaScript;

/// <summary>
/// What a module exports, by its text. The engine finds a name that is missing as well, but can't say where it was asked for.
/// </summary>
internal static class ScriptExports
{
    public const string Default = "default";

    /// <summary>The names of a module's own exports; what <c>export * from</c> adds is not among them.</summary>
    public static IEnumerable<string> Names(Module module) => module.Body.SelectMany(statement => statement switch
    {
        ExportDefaultDeclaration => [Default],
        ExportAllDeclaration { Exported: { } exported } => [NameOf(exported)],
        ExportNamedDeclaration { Declaration: { } declaration } => Declared(declaration),
        ExportNamedDeclaration export => export.Specifiers.Select(specifier => NameOf(specifier.Exported)),
        _ => [],
    });

    /// <summary>A name as it is written, bare or as a string.</summary>
    public static string NameOf(Expression name) => name is Identifier identifier ? identifier.Name : ((StringLiteral)name).Value;

    private static IEnumerable<string> Declared(Declaration declaration) => declaration switch
    {
        VariableDeclaration variables => variables.Declarations.SelectMany(declarator => Bound(declarator.Id)),
        FunctionDeclaration function => [function.Id!.Name],
        ClassDeclaration type => [type.Id!.Name],
        _ => [],
    };

    private static IEnumerable<string> Bound(Node? pattern) => pattern switch
    {
        Identifier identifier => [identifier.Name],
        ObjectPattern target => target.Properties.SelectMany(Bound),
        ArrayPattern target => target.Elements.SelectMany(Bound),
        Property property => Bound(property.Value),
        AssignmentPattern assignment => Bound(assignment.Left),
        RestElement rest => Bound(rest.Argument),
        _ => [],
    };
}
