namespace EbpfAgent.Lifecycle;

/// <summary>Where a plugin stands.</summary>
internal enum PluginState
{
    /// <summary>Not tried yet.</summary>
    Pending,

    /// <summary>The configuration says that it is not to run.</summary>
    Disabled,

    /// <summary>It is being opened, checked, loaded and attached.</summary>
    Loading,

    /// <summary>Its programs are attached and its maps are polled.</summary>
    Running,

    /// <summary>Its programs are attached and its maps are polled, but as an older version: what lies in its folder now can't run. Its error says why.</summary>
    Outdated,

    /// <summary>It is wrong, or the agent lacks a right. Its error says what.</summary>
    Failed,

    /// <summary>This kernel lacks what it needs. Nothing is wrong with it.</summary>
    Unsupported,

    /// <summary>The agent ended twice while it was loading or polling: it is left alone until its files change or an operator asks.</summary>
    Quarantined,

    /// <summary>The agent is going down, or its files are gone.</summary>
    Stopped,
}

/// <summary>What a supervisor says of its plugin at one moment. Immutable.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Error">The class of its last error; null if it never had one.</param>
/// <param name="Message">What the last error said.</param>
/// <param name="Running">The version that runs; null unless one does.</param>
internal sealed record PluginStatus(PluginState State, PluginError? Error = null, string? Message = null, RunningPlugin? Running = null);
