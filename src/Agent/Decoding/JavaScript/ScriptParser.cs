using Acornima;
using Acornima.Ast;
using Jint;

namespace EbpfAgent.Decoding.JavaScript;

/// <summary>
/// Parses a module and refuses, with its position, what a decoder can't have: imports at run time, waiting, and nesting that overflows the
/// stack of the engine (seen: a chain of 58,000 <c>+</c> ends the process while the engine looks for a top-level await).
/// </summary>
internal static class ScriptParser
{
    private static readonly string TooDeep =
        $"the script is nested more than {ScriptLimits.SourceDepth} levels deep. "
        + "Split the expression; make a long chain of operators an array or a table.";

    /// <param name="path">The module's path, for messages.</param>
    /// <param name="text">Its text.</param>
    /// <param name="limits">How long a regular expression may take.</param>
    /// <exception cref="ScriptException">The text is no module, or one that is refused.</exception>
    public static Prepared<Module> Parse(string path, string text, ScriptLimits limits)
    {
        if (text.Length > ScriptLimits.SourceLength)
        {
            throw new ScriptException(
                $"{path}: the script has {text.Length} characters; {ScriptLimits.SourceLength} is the limit. "
                + "Shorten its tables.");
        }

        try
        {
            Check(path, new Parser().ParseModule(text, path));
            return Engine.PrepareModule(text, path, Options(limits));
        }
        catch (SyntaxErrorException exception)
        {
            throw Syntax(path, exception);
        }
        catch (ScriptPreparationException exception)
        {
            throw exception.InnerException is SyntaxErrorException syntax
                ? Syntax(path, syntax)
                : new ScriptException($"{path}: the script can't be compiled: {exception.Message}", exception);
        }
        catch (InsufficientExecutionStackException exception)
        {
            throw new ScriptException($"{path}: the script is nested too deeply to be parsed. Split the expression.", exception);
        }
    }

    /// <summary>A position as editors show it: lines and columns from 1.</summary>
    public static string At(string path, Position position) => $"{path}:{position.Line}:{position.Column + 1}";

    private static ScriptException Syntax(string path, SyntaxErrorException exception) =>
        new($"{path}:{exception.LineNumber}:{exception.Column + 1}: syntax error: {exception.Description}", exception);

    private static ModulePreparationOptions Options(ScriptLimits limits) => new()
    {
        ParsingOptions = new ModuleParsingOptions { RegexTimeout = limits.RegexTimeout, CompileRegex = false },
    };

    private static void Check(string path, Module module)
    {
        var pending = new Stack<(Node Node, int Depth, bool IsTop)>();
        pending.Push((module, 0, true));
        while (pending.TryPop(out var item))
        {
            var (node, depth, isTop) = item;
            if (Objection(node, depth, isTop) is { } objection)
                throw new ScriptException($"{At(path, node.Location.Start)}: {objection}");
            foreach (var child in node.ChildNodes)
                pending.Push((child, depth + 1, isTop && node is not IFunction));
        }
    }

    private static string? Objection(Node node, int depth, bool isTop) => node switch
    {
        _ when depth > ScriptLimits.SourceDepth => TooDeep,
        ImportExpression => "a decoder can't import while it runs. Import at the top: import { name } from \"./file.js\";",
        _ when isTop && Waits(node) => "a decoder can't wait. Remove the top-level await.",
        _ => null,
    };

    private static bool Waits(Node node) => node
        is AwaitExpression or ForOfStatement { Await: true } or VariableDeclaration { Kind: VariableDeclarationKind.AwaitUsing };
}
