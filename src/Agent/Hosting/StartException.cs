namespace EbpfAgent.Hosting;

/// <summary>Why the agent can't start, with the way out.</summary>
internal sealed class StartException(string message, Exception? inner = null) : Exception(message, inner);
