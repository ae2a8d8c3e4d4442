using EbpfAgent.Configuration;

namespace EbpfAgent.Lifecycle;

/// <summary>
/// Says which files others than root may write: a DLL runs with all the agent's rights, and whoever may write it, or the file that says where it is, has them too.
/// </summary>
internal sealed partial class TrustCheck(ILogger logger)
{
    // Each is said once.
    private readonly HashSet<string> _said = [];
    private readonly HashSet<string> _open = [];

    /// <summary>Looks at the configuration file and the plugin folders.</summary>
    public void Look(AgentConfiguration configuration)
    {
        foreach (string path in configuration.PluginFolders.Prepend(configuration.File))
        {
            if (IsOpen(path)) _open.Add(path);
        }
    }

    /// <summary>Looks at a plugin: a DLL, or a folder and the files in it.</summary>
    public void Look(string plugin)
    {
        // What lies in an open folder is open as well; that has been said.
        if (_open.Contains(Path.GetDirectoryName(plugin)!) || IsOpen(plugin)) return;
        try
        {
            if (!Directory.Exists(plugin)) return;
            foreach (string file in Directory.EnumerateFiles(plugin)) IsOpen(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Say($"{plugin}: can't tell who may write it: {e.Message}");
        }
    }

    private bool IsOpen(string path)
    {
        try
        {
            if (!Path.Exists(path) || TrustedFile.Check(path) is not { } warning) return false;
            Say(warning);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Say($"{path}: can't tell who may write it: {e.Message}");
        }

        return true;
    }

    private void Say(string warning)
    {
        if (_said.Add(warning)) LogDistrust(logger, warning);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    private static partial void LogDistrust(ILogger logger, string warning);
}
