namespace EbpfAgent.Configuration;

/// <summary>
/// A configuration file, its environment variables, or a manifest can't be used. The message has a line for each error, all of
/// them at once: whoever corrects a file should not have to start the agent once per mistake.
/// </summary>
internal sealed class ConfigurationException(IReadOnlyList<ConfigurationError> errors, Exception? inner = null)
    : Exception(string.Join('\n', errors), inner)
{
    /// <summary>The errors, at least one: those of the file in the order of its lines, then those of the environment.</summary>
    public IReadOnlyList<ConfigurationError> Errors { get; } = errors;
}
