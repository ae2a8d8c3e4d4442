using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Text;
using EbpfAgent.Discovery;
using EbpfAgent.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace EbpfAgent.Tests.Discovery;

/// <summary>A plugin folder, a watch over it, and time that passes when a test says so.</summary>
internal sealed class WatchedFolder : IDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(0.4);

    private readonly AgentFolder _folder = new();

    // Behind the kernel's clock: an mtime ahead of it would let each chmod be seen as a write.
    private DateTime _lastWrite = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-1);

    public WatchedFolder()
    {
        // An hour from now: all that a test writes was written long ago.
        Begin(TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(1));
    }

    public FakeTimeProvider Time { get; private set; }

    public PluginWatch Watch { get; set; }

    public string Root => _folder.Root;

    public string Plugins => _folder.Plugins;

    /// <summary>All problems that have been said.</summary>
    public List<string> Problems { get; } = [];

    public void Dispose() => _folder.Dispose();

    /// <summary>Begins anew, with a watch to which it is another time.</summary>
    [MemberNotNull(nameof(Time), nameof(Watch))]
    public void Begin(DateTime now)
    {
        Time = new FakeTimeProvider(now);
        Watch = new PluginWatch([Plugins], Time);
    }

    public string PathOf(string name) => Path.Combine(Plugins, name);

    /// <summary>Writes a file, with an mtime of its own: tests write faster than the kernel's clock ticks.</summary>
    public WatchedFolder Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), text);
        return Touch(name);
    }

    public WatchedFolder Touch(string name)
    {
        File.SetLastWriteTimeUtc(PathOf(name), _lastWrite = _lastWrite.AddMilliseconds(1));
        return this;
    }

    /// <summary>Looks, and then time passes until the next look.</summary>
    public IReadOnlyList<PluginChange> Scan()
    {
        IReadOnlyList<PluginChange> changes = Watch.Scan();
        Problems.AddRange(Watch.Problems);
        Time.Advance(Delay);
        return changes;
    }

    /// <summary>Looks for as long as it takes all that was done to become known, and somewhat longer.</summary>
    public List<PluginChange> Settle(double seconds = 4)
    {
        List<PluginChange> changes = [];
        for (double at = 0; at < seconds; at += Delay.TotalSeconds) changes.AddRange(Scan());
        return changes;
    }

    /// <summary>The one change that comes, of a plugin that is there.</summary>
    public PluginChange Changed()
    {
        PluginChange change = Assert.Single(Settle());
        Assert.NotNull(change.Candidate);
        return change;
    }

    public static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>The hash that a plugin of these files has, in other words than the agent's.</summary>
    /// <param name="folder">What the names are relative to; absolute ones are extra files.</param>
    /// <param name="names">The files.</param>
    public string HashOf(string folder, params string[] names)
    {
        IEnumerable<string> lines = names.Order(StringComparer.Ordinal).Select(name =>
            Convert.ToHexStringLower(XxHash128.Hash(File.ReadAllBytes(Path.Combine(PathOf(folder), name)))) + " " + name + "\0");
        return Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(string.Concat(lines))));
    }
}
