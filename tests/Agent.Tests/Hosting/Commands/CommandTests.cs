using EbpfAgent.Hosting;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Hosting.Commands;

/// <summary>check and decode, as far as neither root nor a kernel is needed: by the command line, on folders as an author has them.</summary>
public sealed class CommandTests : IDisposable
{
    private const string Script = """
        export const labels = ["disk"];
        export function decode(key) {
          console.log("deciding", key.major);
          if (key.major === 9) throw new Error("no nines");
          return key.major === 7 ? null : [`${key.major}:${key.minor}`];
        }
        """;

    private readonly AgentFolder _folder = new AgentFolder().WithScript("disk", Script);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_sound_plugin_is_told_in_full()
    {
        (int status, string output, string errors) = await RunAsync("check", _folder.Plugins);
        Assert.Equal((0, ""), (status, errors));
        Assert.Contains("program: observe_latency (raw_tp/xdp_exception)", output, StringComparison.Ordinal);
        Assert.Contains("{disk} histogram, from BPF_MAP_TYPE_PERCPU_HASH 'latency', 64 entries", output, StringComparison.Ordinal);
        Assert.EndsWith("  ok\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_plugin_of_a_folder_is_checked_though_one_is_wrong()
    {
        _folder.WithFile("another/plugin.json", """{ "object": "gone.bpf.o", "metrics": [] }""");
        (int status, string output, string errors) = await RunAsync("check", _folder.Plugins);
        Assert.Equal(1, status);
        Assert.Contains("metrics: expected a list of at least one item; found an empty list", errors, StringComparison.Ordinal);
        Assert.EndsWith("  ok\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_counter_without_total_and_what_a_decoder_warns_of_are_warnings()
    {
        _folder.WithFile("plain/plugin.json", """{ "metrics": [{ "map": "latency", "name": "reads", "type": "counter" }] }""");
        File.Copy(Fixture.PathOf("array_map.bpf.o"), Path.Combine(_folder.Plugins, "plain", "a.bpf.o"));
        (int status, string output, string errors) = await RunAsync("check", Path.Combine(_folder.Plugins, "plain"));
        Assert.Equal((0, ""), (status, errors));
        Assert.Contains("warning: ebpf_reads is a counter, and by Prometheus' convention its name ends in _total", output, StringComparison.Ordinal);
        Assert.Contains("metric: ebpf_reads{major,minor} counter, from BPF_MAP_TYPE_HASH 'latency', 64 entries, at most 1024 bytes of keys and values here", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_shown_with_its_fields_and_its_labels()
    {
        (int status, string output, string errors) = await RunAsync("decode", Path.Combine(_folder.Plugins, "disk"), "--key", "08:00:00:00 01000000");
        Assert.Equal((0, ""), (status, errors));
        Assert.Contains(
            """
              field major  8
              field minor  1
              disk says: deciding 8
              label disk  "8:1"

            """,
            output,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0700000000000000", 0, "left out: the decoder says so", "")]
    [InlineData("0900000000000000", 1, "field major  9", "no nines")]
    [InlineData("0900", 1, "", "the key has 2 bytes, and that of ebpf_disk has 8")]
    public async Task What_a_key_can_come_to(string key, int status, string output, string error)
    {
        (int actual, string shown, string errors) = await RunAsync("decode", Path.Combine(_folder.Plugins, "disk"), "--key", key);
        Assert.Equal(status, actual);
        Assert.Contains(output, shown, StringComparison.Ordinal);
        Assert.Contains(error, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_metric_that_is_not_there_is_named_beside_those_that_are()
    {
        (int status, _, string errors) = await RunAsync("decode", Path.Combine(_folder.Plugins, "disk"), "--key", "0700000000000000", "--metric", "latency");
        Assert.Equal((1, "ebpf-agent: there is no metric 'latency'; there are ebpf_disk\n"), (status, errors));
    }

    [Theory]
    [InlineData("check")]
    [InlineData("check a b")]
    [InlineData("check a --loud")]
    [InlineData("decode a")]
    [InlineData("decode a --key 1")]
    [InlineData("decode a --key xy")]
    [InlineData("decode a --key 01 --live")]
    [InlineData("decode a --live --seconds 0")]
    [InlineData("decode a --live --seconds")]
    [InlineData("cleanup a")]
    [InlineData("chek a")]
    [InlineData("--config")]
    public async Task What_is_no_command_shows_how_it_is_used(string arguments)
    {
        (int status, string output, string errors) = await RunAsync(arguments.Split(' '));
        Assert.Equal((2, ""), (status, output));
        Assert.StartsWith($"ebpf-agent: can't make sense of '{arguments}'\nusage: ebpf-agent ", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere", "is not there; name a plugin's folder or file, or a folder of plugins")]
    [InlineData("agent.json", "is no plugin: it is neither a DLL, nor a BPF object (*.bpf.o), nor a NAME.yaml with its NAME.bpf.o")]
    public async Task What_is_no_plugin_is_said(string name, string message)
    {
        (int status, _, string errors) = await RunAsync("check", Path.Combine(_folder.Root, name));
        Assert.Equal((1, $"ebpf-agent: {Path.Combine(_folder.Root, name)} {message}\n"), (status, errors));
    }

    private async Task<(int Status, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using StringWriter output = new() { NewLine = "\n" }, errors = new() { NewLine = "\n" };
        int status = await CommandLine.RunAsync([.. arguments, .. arguments is ["check" or "decode", var _, ..] && !arguments.Contains("--loud") ? (string[])["--config", _folder.Configuration] : []], output, errors);
        return (status, output.ToString(), errors.ToString().Replace($" --config {_folder.Configuration}'", "'", StringComparison.Ordinal));
    }
}
