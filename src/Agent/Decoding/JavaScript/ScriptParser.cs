using Acornima;
using Acornima.Ast;
using Jint;

namespace EbpfAgent.Decoding.JavaScript;

/// <summary>
/// Parses a module and refuses, with its position, what a decoder can't have: imports, and nesting that overflows the stack of the
/// engine (seen: a chain of 58,000 <c>+</c> ends the process while the engine looks for a top-level await).
/// </summary>
internal static class ScriptParser
{
    private static readonly string TooDeep =
        $"the script is nested more than {ScriptLimits.SourceDepth} levels deep. "
        + "Split the expression; make a long chain of operators an array or a table.";

    /// <exception cref="ScriptException">The text is no module, or one that is refused.</exception>
    public static Prepared<Module> Parse(ScriptSource source, ScriptLimits limits)
    {
        if (source.Text.Length > ScriptLimits.SourceLength)
        {
            throw new ScriptException(
                $"{source.Path}: the script has {source.Text.Length} characters; {ScriptLimits.SourceLength} is the limit. "
                + "Shorten its tables.");
        }

        try
        {
            Check(source, new Parser().ParseModule(source.Text, source.Path));
            return Engine.PrepareModule(source.Text, source.Path, Options(limits));
        }
        catch (SyntaxErrorException exception)
        {
            throw Syntax(source, exception);
        }
        catch (ScriptPreparationException exception)
        {
            throw exception.InnerException is SyntaxErrorException syntax
                ? Syntax(source, syntax)
                : new ScriptException($"{source.Path}: the script can't be compiled: {exception.Message}", exception);
        }
        catch (InsufficientExecutionStackException exception)
        {
            throw new ScriptException($"{source.Path}: the script is nested too deeply to be parsed. Split the expression.", exception);
        }
    }

    /// <summary>A position as editors show it: lines and columns from 1.</summary>
    public static string At(string path, Position position) => $"{path}:{position.Line}:{position.Column + 1}";

    private static ScriptException Syntax(ScriptSource source, SyntaxErrorException exception) =>
        new($"{source.Path}:{exception.LineNumber}:{exception.Column + 1}: syntax error: {exception.Description}", exception);

    private static ModulePreparationOptions Options(ScriptLimits limits) => new()
    {
        ParsingOptions = new ModuleParsingOptions { RegexTimeout = limits.RegexTimeout, CompileRegex = false },
    };

    private static void Check(ScriptSource source, Module module)
    {
        var pending = new Stack<(Node Node, int Depth)>();
        pending.Push((module, 0));
        while (pending.TryPop(out var item))
        {
            var (node, depth) = item;
            if (IsImport(node))
                throw Refused(source, node, "a decoder can't import other modules. Put the code into this file.");
            if (depth > ScriptLimits.SourceDepth)
                throw Refused(source, node, TooDeep);
            foreach (var child in node.ChildNodes)
                pending.Push((child, depth + 1));
        }
    }

    private static ScriptException Refused(ScriptSource source, Node node, string why) =>
        new($"{At(source.Path, node.Location.Start)}: {why}");

    private static bool IsImport(Node node) => node
        is ImportDeclaration or ImportExpression or ExportAllDeclaration or ExportNamedDeclaration { Source: not null };
}
