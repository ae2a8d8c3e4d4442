using EbpfAgent.Lifecycle;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>The plugins as the endpoint sees them, in the test's hands.</summary>
internal sealed class FakePlugins(params PluginSupervisor[] supervisors) : IPlugins
{
    public IReadOnlyList<PluginSupervisor> Supervisors { get; set; } = supervisors;

    public bool IsStarted { get; set; } = true;

    public int ContextsNotCollected { get; set; }
}
