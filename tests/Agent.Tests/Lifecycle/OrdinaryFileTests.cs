using System.Diagnostics;
using EbpfAgent.Configuration;
using EbpfAgent.Lifecycle;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>What may lie in a plugin's folder and is no file.</summary>
public sealed class OrdinaryFileTests : IDisposable
{
    private const string NotOrdinary = "it is no ordinary file, but a folder, a pipe, a socket or a device";

    private readonly string _folder = Directory.CreateTempSubdirectory("ebpf-agent-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_object_that_is_a_pipe_keeps_nobody_waiting()
    {
        MakePipe("a.bpf.o");

        PluginException refused = Assert.Throws<PluginException>(() => PluginFile.Read(_folder, "a.bpf.o", "BPF object"));

        Assert.Equal($"the BPF object {In("a.bpf.o")} can't be read: {NotOrdinary}", refused.Message);
    }

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("/dev/tty")]
    [InlineData("/proc/self/fd")]
    public void A_link_to_a_device_or_a_folder_is_not_read(string target)
    {
        File.CreateSymbolicLink(In("a.bpf.o"), target);

        Assert.EndsWith(NotOrdinary, Assert.Throws<PluginException>(() => PluginFile.Read(_folder, "a.bpf.o", "BPF object")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plugin.json")]
    [InlineData("counters.yaml")]
    public void A_manifest_that_is_a_pipe_keeps_nobody_waiting(string name)
    {
        MakePipe(name);

        Assert.Equal($"{In(name)}: can't be read: {NotOrdinary}", Assert.Throws<ConfigurationException>(() => Definitions.ManifestOf(In(name))).Message);
    }

    [Theory]
    [InlineData("../a.bpf.o")]
    [InlineData("/etc/hostname")]
    [InlineData("sub/../../a.bpf.o")]
    [InlineData(".")]
    public void No_path_leads_out_of_the_folder(string path) =>
        Assert.Contains("lies outside of the plugin's folder", Assert.Throws<PluginException>(() => PluginFile.Read(_folder, path, "BPF object")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_large_file_is_refused_before_it_is_read()
    {
        using (FileStream sparse = File.Create(In("a.bpf.o"))) sparse.SetLength(1L << 40);

        Assert.Contains("has 1099511627776 bytes, and 67108864 is the most", Assert.Throws<PluginException>(() => PluginFile.Read(_folder, "a.bpf.o", "BPF object")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_there_is_said_so() =>
        Assert.EndsWith("is not there; build it, or correct its name", Assert.Throws<PluginException>(() => PluginFile.Read(_folder, "a.bpf.o", "BPF object")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_is_read_whole()
    {
        File.WriteAllText(In("a.bpf.o"), "abc");
        File.CreateSymbolicLink(In("b.bpf.o"), "a.bpf.o");

        Assert.Equal("abc"u8.ToArray(), PluginFile.Read(_folder, "b.bpf.o", "BPF object"));
    }

    private string In(string name) => Path.Combine(_folder, name);

    private void MakePipe(string name)
    {
        using Process made = Process.Start("mkfifo", In(name));
        made.WaitForExit();
        Assert.Equal(0, made.ExitCode);
    }
}
