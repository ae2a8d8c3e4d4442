using System.Text;
using EbpfAgent.Configuration;
using EbpfAgent.Configuration.Reading;

namespace EbpfAgent.Tests.Configuration;

public sealed class ConfigurationFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ebpf-agent-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_missing_file_is_named_with_the_way_out()
    {
        string file = Path.Combine(_folder, "none.json");
        Assert.Equal($"{file}: no such file; write one, or name another with --config FILE", AgentError(file));
        Assert.StartsWith($"{_folder}/no/none.json: no such file;", AgentError($"{_folder}/no/none.json"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_manifest_is_named()
    {
        var error = Assert.Throws<ConfigurationException>(() => PluginManifestLoader.Load(Path.Combine(_folder, "plugin.json")));
        Assert.Equal($"{_folder}/plugin.json: no such file; such a plugin is a folder with a plugin.json", error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void A_path_that_is_none_is_refused(string file) =>
        Assert.StartsWith($"{file}: can't be read: ", AgentError(file), StringComparison.Ordinal);

    [Fact]
    public void A_folder_is_refused() => Assert.StartsWith($"{_folder}: can't be read: ", AgentError(_folder), StringComparison.Ordinal);

    [Fact]
    public void A_file_above_the_limit_is_refused_and_one_at_the_limit_is_read()
    {
        string file = Path.Combine(_folder, "agent.json");
        File.WriteAllText(file, "{}" + new string(' ', ConfigurationFile.MaxBytes - 2));
        Assert.Equal(file, AgentConfigurationLoader.Load(file, []).File);

        File.AppendAllText(file, " ");
        Assert.Equal($"{file}: larger than 1MiB; is it the right file?", AgentError(file));
    }

    [Fact]
    public void An_endless_file_is_refused() => Assert.Equal("/dev/zero: larger than 1MiB; is it the right file?", AgentError("/dev/zero"));

    [Fact]
    public void Messages_show_the_path_as_it_was_given_and_the_configuration_holds_the_absolute_one()
    {
        string file = Path.Combine(_folder, "agent.json");
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, file);
        File.WriteAllText(file, "{ \"x\": 1 }");
        Assert.StartsWith($"{relative}:1:3: x: unknown key", AgentError(relative), StringComparison.Ordinal);

        File.WriteAllText(file, "{}");
        var agent = AgentConfigurationLoader.Load(relative, []);
        Assert.Equal(file, agent.File);
        Assert.Equal([Path.Combine(_folder, "plugins")], agent.PluginFolders);
    }

    [Fact]
    public void A_manifest_is_read_from_its_folder()
    {
        string file = Path.Combine(_folder, "plugin.json");
        File.WriteAllBytes(file, Encoding.UTF8.GetBytes(PluginManifestTests.Minimal));
        Assert.Equal(Path.Combine(_folder, "a.bpf.o"), PluginManifestLoader.Load(file).ObjectPath);
    }

    private static string AgentError(string file) =>
        Assert.Throws<ConfigurationException>(() => AgentConfigurationLoader.Load(file, [])).Message;
}
