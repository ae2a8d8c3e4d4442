using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Faults;

/// <summary>A thousand plugins, of which every other one is broken.</summary>
public sealed class ThousandPluginsTests : KernelTest
{
    private const int Plugins = 1000;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_good_half_runs_and_the_other_half_is_named()
    {
        using var folder = new AgentFolder("\"interval\": \"1s\"");
        for (int i = 0; i < Plugins; i++) folder.WithScript(Name(i), IsGood(i) ? Scripts.Version(i) : Scripts.SyntaxError);
        folder.Age();
        long started = TimeProvider.System.GetTimestamp();
        using AgentProcess agent = await AgentProcess.StartAsync(folder, Deadline);
        TimeSpan took = TimeProvider.System.GetElapsedTime(started);
        agent.Observe(Plugins / 2, times: 7);
        // The rules that every scrape is held against take their time with so many samples.
        Scrape scrape;
        do scrape = new Scrape(await agent.Http.GetStringAsync("/metrics", Cancellation));
        while (scrape.Samples.Count(static sample => sample.Name.EndsWith("_count", StringComparison.Ordinal) && sample.Value == "7") < Plugins / 2 && TimeProvider.System.GetElapsedTime(started) < 2 * Deadline);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Plugins} plugins started in {took.TotalSeconds:0.0} s; resident {agent.ResidentBytes >> 20} MiB, {agent.Descriptors} descriptors, {scrape.Text.Length >> 10} KiB of text");

        Dictionary<string, string> states = scrape.Samples.Where(static sample => sample.Name == "ebpf_agent_plugin_state" && sample.Value == "1")
            .ToDictionary(static sample => sample.Labels["plugin"], static sample => sample.Labels["state"]);
        Dictionary<string, string> counts = scrape.Samples
            .Where(static sample => sample.Name.StartsWith("ebpf_p", StringComparison.Ordinal) && sample.Name.EndsWith("_count", StringComparison.Ordinal))
            .ToDictionary(static sample => sample.Name, static sample => sample.Value);
        Assert.Equal(Plugins, states.Count);
        Assert.Equal(Plugins / 2, counts.Count);
        for (int i = 0; i < Plugins; i++)
        {
            Assert.Equal((i, IsGood(i) ? "running" : "failed"), (i, states[Name(i)]));
            if (IsGood(i)) Assert.Equal((i, "7"), (i, counts[$"ebpf_{Name(i)}_count"]));
        }

        (int exitCode, _) = await agent.TerminateAsync();
        Assert.Equal(0, exitCode);
    }

    private static string Name(int i) => $"p{i:000}";

    private static bool IsGood(int i) => i % 2 == 0;
}
