using System.Diagnostics;

namespace EbpfAgent.Benchmarks;

/// <summary>The memory of the agent as it is shipped, with the bundled plugins, after it has been scraped for a while.</summary>
internal static class IdleBench
{
    private const int Scrapes = 20;
    private const int PageBytes = 4096;

    /// <param name="agentFolder">What <c>make build</c> left.</param>
    public static async Task RunAsync(string agentFolder)
    {
        const string Address = "127.0.0.1:18435";
        var start = new ProcessStartInfo(Path.Combine(agentFolder, "ebpf-agent")) { Environment = { ["EBPF_AGENT_LISTEN"] = Address, ["EBPF_AGENT_LOGLEVEL"] = "error" } };
        using Process agent = Process.Start(start)!;
        try
        {
            using var client = new HttpClient { BaseAddress = new Uri($"http://{Address}") };
            await WaitUntilReadyAsync(client, agent);
            for (int i = 0; i < Scrapes; i++)
            {
                await client.GetStringAsync("/metrics");
                await Task.Delay(500);
            }

            long pages = long.Parse((await File.ReadAllTextAsync($"/proc/{agent.Id}/statm")).Split(' ')[1]);
            Report.Figure("rss_idle", pages * PageBytes, "bytes");
        }
        finally
        {
            agent.Kill();
            await agent.WaitForExitAsync();
        }
    }

    private static async Task WaitUntilReadyAsync(HttpClient client, Process agent)
    {
        for (int i = 0; i < 100; i++)
        {
            if (agent.HasExited) throw new InvalidOperationException($"the agent ended with exit code {agent.ExitCode}");
            try
            {
                if ((await client.GetAsync("/-/ready")).IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(200);
        }

        throw new TimeoutException("the agent did not become ready");
    }
}
