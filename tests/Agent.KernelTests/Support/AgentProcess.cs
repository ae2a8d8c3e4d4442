using System.Diagnostics;
using System.Text.RegularExpressions;

namespace EbpfAgent.Tests.Support;

/// <summary>The agent as it is shipped: a process, spoken to over HTTP and with signals. Killed when disposed.</summary>
internal sealed partial class AgentProcess : IDisposable
{
    private const int Terminate = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AgentProcess(IReadOnlyList<string> command, IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true };
        // What configures the tests would be the agent's configuration too.
        foreach (string inherited in start.Environment.Keys.Where(static name => name.StartsWith("EBPF_AGENT_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(inherited);
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public string Log
    {
        get
        {
            lock (_lines) return string.Join('\n', _lines);
        }
    }

    public HttpClient Http { get; } = new() { Timeout = Patience };

    /// <summary>Starts the agent, and waits until it listens and every plugin has loaded or failed.</summary>
    public static async Task<AgentProcess> StartAsync(AgentFolder folder, params (string Name, string Value)[] environment) =>
        await StartAsync(Command(folder), environment);

    /// <summary>The same where so much is to be loaded that it may take a while.</summary>
    public static async Task<AgentProcess> StartAsync(AgentFolder folder, TimeSpan patience) => await StartAsync(Command(folder), patience, []);

    /// <summary>The same by another command: under another user, say.</summary>
    public static async Task<AgentProcess> StartAsync(IReadOnlyList<string> command, params (string Name, string Value)[] environment) =>
        await StartAsync(command, Patience, environment);

    private static async Task<AgentProcess> StartAsync(IReadOnlyList<string> command, TimeSpan patience, (string Name, string Value)[] environment)
    {
        var agent = new AgentProcess(command, environment);
        try
        {
            await Task.WhenAny(agent._address.Task, agent._process.WaitForExitAsync()).WaitAsync(patience);
            if (!agent._address.Task.IsCompleted) throw new TimeoutException();
            agent.Http.BaseAddress = agent._address.Task.Result;
            return agent;
        }
        catch (TimeoutException)
        {
            agent.Dispose();
            throw new InvalidOperationException($"the agent did not say where it listens:\n{agent.Log}");
        }
    }

    /// <summary>Starts the agent where it can't start, and waits for its end.</summary>
    public static async Task<(int ExitCode, string Log)> FailAsync(AgentFolder folder, params (string Name, string Value)[] environment)
    {
        using var agent = new AgentProcess(Command(folder), environment);
        return (await agent.WaitForExitAsync(), agent.Log);
    }

    /// <summary>Waits for its end, which somebody else has brought about.</summary>
    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    public async Task<Scrape> ScrapeAsync()
    {
        var scrape = new Scrape(await GetMetricsAsync());
        HistogramRules.Check(scrape);
        return scrape;
    }

    private async Task<string> GetMetricsAsync()
    {
        try
        {
            return await Http.GetStringAsync("/metrics");
        }
        catch (HttpRequestException e) when (HasExited)
        {
            throw new InvalidOperationException($"the agent has ended ({_process.ExitCode}):\n{Log}", e);
        }
    }

    /// <summary>Scrapes until something holds.</summary>
    /// <param name="holds">Whether it does.</param>
    /// <param name="what">What is waited for, for the message.</param>
    /// <param name="within">How long; a deadline where one was promised.</param>
    public async Task<Scrape> ScrapeUntilAsync(Func<Scrape, bool> holds, string what, TimeSpan? within = null)
    {
        TimeSpan patience = within ?? Patience;
        long started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            Scrape scrape = await ScrapeAsync();
            if (holds(scrape)) return scrape;
            if (TimeProvider.System.GetElapsedTime(started) > patience) Assert.Fail($"not seen within {patience.TotalSeconds} s: {what}\n{scrape.Text}\n{Log}");
            await Task.Delay(50);
        }
    }

    public Task<Scrape> ScrapeWhenPolledAsync(params string[] plugins) => ScrapeUntilAsync(
        scrape => plugins.All(plugin => scrape.Find("ebpf_agent_plugin_up", ("plugin", plugin)) == "1" && scrape.Number("ebpf_agent_plugin_polls_total", ("plugin", plugin)) > 0),
        $"a poll of {string.Join(", ", plugins)}");

    /// <summary>Sends SIGTERM and waits for the end.</summary>
    public async Task<(int ExitCode, TimeSpan Took)> TerminateAsync()
    {
        long started = TimeProvider.System.GetTimestamp();
        Assert.Equal(0, LinuxThread.Signal(_process.Id, Terminate));
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return (_process.ExitCode, TimeProvider.System.GetElapsedTime(started));
    }

    public void Dispose()
    {
        Http.Dispose();
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    // A test may end it by a crash: nobody wants its memory on the disk.
    private static string[] Command(AgentFolder folder) => ["prlimit", "--core=0", Path.Combine(AppContext.BaseDirectory, "ebpf-agent"), "--config", folder.Configuration];

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_lines) _lines.Add(line);
        Match match = Listening().Match(line);
        if (match.Success) _address.TrySetResult(new Uri(match.Groups[1].Value));
    }

    [GeneratedRegex("scrape (http://[^ ]+)/metrics")]
    private static partial Regex Listening();
}
