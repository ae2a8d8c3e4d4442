namespace EbpfAgent.Decoding.JavaScript;

/// <summary>What is around a script. Immutable.</summary>
/// <param name="Host">Look-ups behind <c>host</c>.</param>
/// <param name="Limits">What a call may use.</param>
/// <param name="Time">The clock of the log's limit.</param>
/// <param name="Log">Takes each line of <c>console.log</c>, on the caller's thread; null drops them.</param>
internal sealed record ScriptEnvironment(IHost Host, ScriptLimits Limits, TimeProvider Time, Action<string>? Log);
