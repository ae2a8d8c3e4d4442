using EbpfAgent.Hosting;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Commands;

/// <summary>check --load and decode --live, which leave nothing behind in the kernel.</summary>
public sealed class LoadedCommandTests : KernelTest
{
    [Fact]
    public async Task A_plugin_is_loaded_attached_and_polled_and_gone_again()
    {
        int before = KernelIds.Descriptors();
        (int status, string output, string errors) = await RunAsync("check", Path.Combine(BundledPlugin.Folder, "syscall-latency"), "--load");
        Assert.Equal((0, ""), (status, errors));
        Assert.Contains("polled: ebpf_syscall_latency_seconds, ", output, StringComparison.Ordinal);
        Assert.EndsWith("  ok: loaded, attached and polled\n", output, StringComparison.Ordinal);
        Assert.Equal(before, KernelIds.Descriptors());
    }

    [Fact]
    public async Task What_this_kernel_lacks_is_unsupported_and_a_failure()
    {
        using var folder = new AgentFolder();
        string plugin = Path.Combine(folder.Plugins, "missing.bpf.o");
        File.Copy(Fixture.PathOf("missing_tracepoint.bpf.o"), plugin);
        (int status, _, string errors) = await RunAsync("check", plugin, "--load");
        Assert.Equal(1, status);
        Assert.StartsWith("  unsupported here: ", errors, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("check", plugin)).Status);
    }

    [Fact]
    public async Task The_keys_that_come_are_shown_with_their_labels()
    {
        int before = KernelIds.Descriptors();
        Task<(int Status, string Output, string Errors)> running = Task.Run(() => RunAsync("decode", Path.Combine(BundledPlugin.Folder, "syscall-latency"), "--live", "--seconds", "1"), Cancellation);
        (int status, string output, string errors) = await running;
        Assert.Equal((0, ""), (status, errors));
        // The agent's own threads wait, read and write all the time.
        Assert.Contains("ebpf_syscall_latency_seconds, a key of map 'syscall_latency': ", output, StringComparison.Ordinal);
        Assert.Contains("  field nr  ", output, StringComparison.Ordinal);
        Assert.Contains("  label syscall  \"", output, StringComparison.Ordinal);
        Assert.Equal(before, KernelIds.Descriptors());
    }

    private static async Task<(int Status, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using StringWriter output = new() { NewLine = "\n" }, errors = new() { NewLine = "\n" };
        int status = await CommandLine.RunAsync(arguments, output, errors);
        return (status, output.ToString(), errors.ToString());
    }
}
