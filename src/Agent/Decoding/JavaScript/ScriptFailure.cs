using System.Text.RegularExpressions;
using Acornima;
using Jint.Runtime;

namespace EbpfAgent.Decoding.JavaScript;

/// <summary>Why the engine gave up, in a sentence with its position where there is one, and the way out.</summary>
internal static class ScriptFailure
{
    private const string EndlessLoop = "Look for a loop that doesn't end.";

    /// <param name="exception">What the engine threw.</param>
    /// <param name="path">The script's path; where the engine knows in which of its modules it was, that one is named.</param>
    /// <param name="activity">What was going on: <c>decode(key)</c>, <c>loading</c>.</param>
    /// <param name="limits">The limits in force.</param>
    public static string Describe(Exception exception, string path, string activity, ScriptLimits limits) => exception switch
    {
        JavaScriptException thrown => $"{Position(path, thrown.Location)}: {activity} threw: {thrown.Message}",
        // A TimeoutException as well, so it comes first.
        RegexMatchTimeoutException =>
            $"{path}: {activity} matched a regular expression for longer than {limits.RegexTimeout.TotalMilliseconds} ms "
            + "and was stopped. Look for nested repetitions such as (a+)+.",
        TimeoutException =>
            $"{path}: {activity} ran longer than {Limit(activity, limits).TotalMilliseconds} ms and was stopped. {EndlessLoop}",
        StatementsCountOverflowException =>
            $"{path}: {activity} executed more than {limits.Statements} statements and was stopped. {EndlessLoop}",
        MemoryLimitExceededException or OutOfMemoryException =>
            $"{path}: {activity} allocated more than {limits.MemoryBytes >> 10} KiB, "
            + $"or an array of more than {ScriptLimits.ArrayLength} elements, and was stopped. "
            + "Build less per key; make tables once, at the top of the module.",
        RecursionDepthOverflowException or InsufficientExecutionStackException =>
            $"{path}: {activity} called functions more than {ScriptLimits.Recursion} deep and was stopped. "
            + "Look for a function that calls itself without end.",
        _ => $"{path}: {activity} failed inside the script engine: {exception.GetType().Name}: {exception.Message}",
    };

    private static TimeSpan Limit(string activity, ScriptLimits limits) => activity == ScriptDecoder.Loading ? limits.LoadTimeout : limits.Timeout;

    private static string Position(string path, in SourceLocation location) =>
        location.Start.Line > 0 ? ScriptParser.At(location.SourceFile ?? path, location.Start) : path;
}
