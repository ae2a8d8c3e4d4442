using System.Text.RegularExpressions;
using Acornima;
using Jint.Runtime;

namespace EbpfAgent.Decoding.JavaScript;

/// <summary>Why the engine gave up, in a sentence with its position where there is one, and the way out.</summary>
internal static class ScriptFailure
{
    private const string EndlessLoop = "Look for a loop that doesn't end.";

    /// <param name="exception">What the engine threw.</param>
    /// <param name="source">The script.</param>
    /// <param name="activity">What was going on: <c>decode(key)</c>, <c>loading</c>.</param>
    /// <param name="limits">The limits in force.</param>
    public static string Describe(Exception exception, ScriptSource source, string activity, ScriptLimits limits) => exception switch
    {
        JavaScriptException thrown => $"{Position(source, thrown.Location)}: {activity} threw: {thrown.Message}",
        // A TimeoutException as well, so it comes first.
        RegexMatchTimeoutException =>
            $"{source.Path}: {activity} matched a regular expression for longer than {limits.RegexTimeout.TotalMilliseconds} ms "
            + "and was stopped. Look for nested repetitions such as (a+)+.",
        TimeoutException =>
            $"{source.Path}: {activity} ran longer than {Limit(activity, limits).TotalMilliseconds} ms and was stopped. {EndlessLoop}",
        StatementsCountOverflowException =>
            $"{source.Path}: {activity} executed more than {limits.Statements} statements and was stopped. {EndlessLoop}",
        MemoryLimitExceededException or OutOfMemoryException =>
            $"{source.Path}: {activity} allocated more than {limits.MemoryBytes >> 10} KiB, "
            + $"or an array of more than {ScriptLimits.ArrayLength} elements, and was stopped. "
            + "Build less per key; make tables once, at the top of the module.",
        RecursionDepthOverflowException or InsufficientExecutionStackException =>
            $"{source.Path}: {activity} called functions more than {ScriptLimits.Recursion} deep and was stopped. "
            + "Look for a function that calls itself without end.",
        InvalidOperationException when activity == ScriptDecoder.Loading =>
            $"{source.Path}: {activity} did not finish within {limits.Timeout.TotalMilliseconds} ms. "
            + $"A decoder can't wait: remove the top-level await. ({exception.Message})",
        _ => $"{source.Path}: {activity} failed inside the script engine: {exception.GetType().Name}: {exception.Message}",
    };

    private static TimeSpan Limit(string activity, ScriptLimits limits) => activity == ScriptDecoder.Loading ? limits.LoadTimeout : limits.Timeout;

    private static string Position(ScriptSource source, in SourceLocation location) =>
        location.Start.Line > 0 ? ScriptParser.At(source.Path, location.Start) : source.Path;
}
