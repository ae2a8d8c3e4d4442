using EbpfAgent.Configuration;
using EbpfAgent.Lifecycle;
using EbpfAgent.Tests.Support;
using Microsoft.Extensions.Logging;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>Who may write what the agent runs.</summary>
public sealed class TrustCheckTests : IDisposable
{
    private const UnixFileMode ByAll = UnixFileMode.OtherWrite | UnixFileMode.GroupWrite;

    private readonly string _root = Directory.CreateDirectory(Path.Combine(Place(), $".ebpf-agent-test-{Guid.NewGuid():N}")).FullName;
    private readonly ListLogger _log = new();
    private readonly TrustCheck _trust;

    public TrustCheckTests()
    {
        _trust = new TrustCheck(_log);
        Directory.CreateDirectory(Plugins);
        File.WriteAllText(Configuration, "{}");
        Assert.SkipWhen(TrustedFile.Check(Configuration) is not null, "there is no folder here that only its owner may write");
    }

    private string Plugins => Path.Combine(_root, "plugins");

    private string Configuration => Path.Combine(_root, "agent.json");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void What_only_its_owner_may_write_is_not_mentioned()
    {
        string plugin = WithPlugin("Good", "Good.dll");
        Look();
        _trust.Look(plugin);
        _trust.Look(Path.Combine(Plugins, "gone"));
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void A_configuration_that_others_may_write_is_mentioned_once()
    {
        Open(Configuration);
        Look();
        Look();
        Assert.Equal([$"{Configuration} can be written by everybody (mode 666), who thereby command the agent; chmod go-w {Configuration}"], _log.Messages(LogLevel.Warning));
    }

    [Fact]
    public void What_lies_in_a_folder_that_others_may_write_is_said_with_the_folder()
    {
        Open(Plugins);
        string plugin = WithPlugin("Open", "Open.dll");
        Open(Path.Combine(plugin, "Open.dll"));
        Look();
        _trust.Look(plugin);
        Assert.Equal([$"{Plugins} can be written by everybody (mode 777), who thereby command the agent; chmod go-w {Plugins}"], _log.Messages(LogLevel.Warning));
    }

    [Fact]
    public void A_file_of_a_plugin_that_others_may_write_is_mentioned()
    {
        string plugin = WithPlugin("Open", "Open.dll", "Sound.dll");
        string file = Path.Combine(plugin, "Open.dll");
        Open(file);
        Look();
        _trust.Look(plugin);
        _trust.Look(plugin);
        Assert.Equal([$"{file} can be written by everybody (mode 666), who thereby command the agent; chmod go-w {file}"], _log.Messages(LogLevel.Warning));
    }

    [Fact]
    public void A_folder_of_a_plugin_that_others_may_write_is_mentioned_and_its_files_with_it()
    {
        string plugin = WithPlugin("Open", "Open.dll");
        Open(plugin);
        _trust.Look(plugin);
        Assert.Equal([$"{plugin} can be written by everybody (mode 777), who thereby command the agent; chmod go-w {plugin}"], _log.Messages(LogLevel.Warning));
    }

    // Not in /tmp, which everybody may write.
    private static string Place() => TrustedFile.Check(AppContext.BaseDirectory) is null ? AppContext.BaseDirectory : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private static void Open(string path)
    {
        UnixFileMode all = Directory.Exists(path) ? UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute : UnixFileMode.None;
        File.SetUnixFileMode(path, all | ByAll | UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    private string WithPlugin(string name, params string[] files)
    {
        string folder = Directory.CreateDirectory(Path.Combine(Plugins, name)).FullName;
        foreach (string file in files) File.WriteAllText(Path.Combine(folder, file), "");
        return folder;
    }

    private void Look() => _trust.Look(new AgentConfiguration { File = Configuration, PluginFolders = [Plugins] });
}
