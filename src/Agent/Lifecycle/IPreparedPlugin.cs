namespace EbpfAgent.Lifecycle;

/// <summary>
/// A version of a plugin that was opened, checked, loaded and tried on a key, and that is attached to nothing yet. Up to here the version before it, if there
/// is one, has noticed nothing. To be disposed unless it was started.
/// </summary>
internal interface IPreparedPlugin : IDisposable
{
    /// <summary>
    /// Attaches its programs, or puts them in the place of those of the version before it, and takes over what that has counted. Uses this object up.
    /// </summary>
    /// <param name="before">What it comes after; null if there is nothing. A version that still runs is the caller's to dispose.</param>
    /// <exception cref="PluginException">It can't run. The version before it goes on as if nothing had been.</exception>
    RunningPlugin Start(Predecessor? before);
}
