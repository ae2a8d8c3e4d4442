namespace EbpfAgent.Configuration;

/// <summary>Who may reload the agent by <c>POST /-/reload</c>.</summary>
internal enum ReloadEndpoint
{
    /// <summary>Whoever speaks from this host, while the agent listens on loopback only.</summary>
    Loopback,

    /// <summary>Whoever reaches the endpoint.</summary>
    On,

    /// <summary>Nobody; SIGHUP still does it.</summary>
    Off,
}
