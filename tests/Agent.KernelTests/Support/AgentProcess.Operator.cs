using System.Globalization;
using System.Net;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Tests.Support;

/// <content>What an operator asks of it, and what the kernel knows of it.</content>
internal sealed partial class AgentProcess
{
    private const int HangUpSignal = 1;

    /// <summary>The key of <see cref="Observe"/> unless a test has several: 1:2 in the fixtures' struct.</summary>
    public const ulong Key = (1UL << 32) | 2;

    /// <summary>What one waits for a program of an unloaded version to be gone.</summary>
    private static readonly TimeSpan Unloading = TimeSpan.FromSeconds(10);

    /// <summary>Its resident memory in bytes.</summary>
    public long ResidentBytes => 1024 * long.Parse(
        File.ReadLines($"/proc/{Id}/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    /// <summary>How many file descriptors it has open.</summary>
    public int Descriptors => Directory.EnumerateFileSystemEntries($"/proc/{Id}/fd").Count();

    /// <summary>How many programs, maps and links it holds.</summary>
    public (int Programs, int Maps, int Links) Holdings
    {
        get
        {
            IReadOnlyList<(string Kind, uint Id)> owned = KernelIds.OwnedBy(Id);
            return (owned.Count(static one => one.Kind == "prog"), owned.Count(static one => one.Kind == "map"), owned.Count(static one => one.Kind == "link"));
        }
    }

    /// <summary>Asks for a reload over HTTP, which is done when the answer is there.</summary>
    public async Task<(HttpStatusCode Status, string Answer)> ReloadAsync()
    {
        using HttpResponseMessage answer = await Http.PostAsync("/-/reload", content: null);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>The same where all is to be well afterwards.</summary>
    public async Task ReloadWellAsync() => Assert.Equal((HttpStatusCode.OK, "reloaded\n"), await ReloadAsync());

    public void HangUp() => Assert.Equal(0, LinuxThread.Signal(Id, HangUpSignal));

    /// <summary>Waits until its log says something; the log comes through a queue and a pipe.</summary>
    public async Task SaysAsync(string text)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (!Log.Contains(text, StringComparison.Ordinal))
        {
            if (TimeProvider.System.GetElapsedTime(started) > Patience) Assert.Fail($"not in the log: {text}\n{Log}");
            await Task.Delay(10);
        }
    }

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>
    /// Makes events for all plugins that are made of the fixtures' <c>observe_latency</c>, by running their programs: they attach to what never happens, so these are all
    /// that there are. Waits until the program of no former version is left.
    /// </summary>
    /// <param name="plugins">How many plugins there are.</param>
    /// <param name="times">Events for each of them.</param>
    /// <param name="key">Their key.</param>
    /// <param name="value">Their value.</param>
    public void Observe(int plugins, int times, ulong key = Key, ulong value = 3)
    {
        IReadOnlyList<BpfProgramHandle> programs = [];
        bool settled = SpinWait.SpinUntil(
            () =>
            {
                foreach (BpfProgramHandle program in programs) program.Dispose();
                programs = KernelIds.Programs(Id, "observe_latency");
                return programs.Count == plugins;
            },
            Unloading);
        Assert.True(settled, $"{programs.Count} programs, and {plugins} plugins\n{Log}");
        foreach (BpfProgramHandle program in programs)
        {
            for (int i = 0; i < times; i++) ProgramRun.Observe(program, value, key, cpu: i % Bpf.PossibleCpus.Count);
            program.Dispose();
        }
    }
}
