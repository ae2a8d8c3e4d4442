namespace EbpfAgent.Survival;

/// <summary>Why something can't outlive the agent, in one sentence that names the file, the cause and the way out.</summary>
internal sealed class SurvivalException(string message, Exception? inner = null) : Exception(message, inner);
