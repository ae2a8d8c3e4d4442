namespace EbpfAgent.Lifecycle;

/// <summary>The plugins as others see them. Any thread may ask.</summary>
internal interface IPlugins
{
    /// <summary>Those that are there at this moment, in the order of their names. A snapshot.</summary>
    IReadOnlyList<PluginSupervisor> Supervisors { get; }

    /// <summary>Whether the plugin folders have been looked into, and what was found there has been tried.</summary>
    bool IsStarted { get; }

    /// <summary>Load contexts of C# plugins that were unloaded and are still in memory: somebody holds something of them.</summary>
    int ContextsNotCollected { get; }
}
