namespace EbpfAgent.Decoding.JavaScript;

/// <summary>
/// A script can't be used. The message begins with <c>path:line:column:</c> where there is a position, and says what, why,
/// and the way out.
/// </summary>
internal sealed class ScriptException(string message, Exception? inner = null) : Exception(message, inner);
