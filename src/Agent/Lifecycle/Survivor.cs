using System.Security.Cryptography;
using EbpfAgent.Bpf;
using EbpfAgent.Series;
using EbpfAgent.Survival;

namespace EbpfAgent.Lifecycle;

/// <summary>
/// What of one plugin outlives the agent: its pins, with which the kernel counts on, and beside them the totals that only the agent knows. Held by one agent at a time.
/// </summary>
/// <remarks>
/// Everything but <see cref="Keep"/> belongs to the plugin's loads, which never overlap; <see cref="Keep"/> is called with the gate of the families held, before a scrape can
/// see what a death an instant later would lose. Between the exchange of the programs and the new pins, some milliseconds of a reload, a kill -9 leaves pins that
/// don't fit, and the next agent starts the plugin clean.
/// </remarks>
internal sealed partial class Survivor : IDisposable
{
    // What no event asks for is written now and then all the same: an entry that is deleted while no agent runs takes along only what came since.
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly PluginClaim _claim;
    private readonly SurvivalFile _file;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _pins;
    private SurvivalIdentity? _identity;
    private IReadOnlyList<CumulativeFamily> _families = [];
    private MetricTotals[] _totals = [];
    private long _writtenAt;
    private bool _fails;

    private Survivor(PluginClaim claim, TimeProvider time, ILogger logger)
    {
        (_claim, _time, _logger) = (claim, time, logger);
        _file = new SurvivalFile(claim);
        // A folder below the plugin's: beside it lies, for a moment, the one that will replace it.
        _pins = Path.Combine(claim.Pins, "current");
    }

    /// <summary>Whether it was given up: the next version that is to survive needs another one.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Whether something of the plugin is pinned at this moment.</summary>
    public bool IsPinned => Directory.Exists(_pins);

    /// <summary>Claims a plugin for this agent.</summary>
    /// <exception cref="SurvivalException">Another agent has it, or the state folder can't be used.</exception>
    /// <exception cref="BpfException">There is no BPF file system.</exception>
    public static Survivor Claim(string plugin, StateFolder state, string pinFolder, string configuration, TimeProvider time, ILogger logger)
    {
        BpfFileSystem.Require();
        PluginClaim claim = PluginClaim.Take(state, plugin, pinFolder, configuration);
        try
        {
            return new Survivor(claim, time, logger);
        }
        catch
        {
            claim.Dispose();
            throw;
        }
    }

    /// <summary>What an earlier agent has left running of this very object; null where there is nothing, or nothing that can be gone on with, which is said and removed.</summary>
    public Inheritance? Find(ReadOnlySpan<byte> image)
    {
        PinnedObject? pinned = null;
        try
        {
            pinned = PinnedObject.Open(_pins);
            if (pinned is null) return null;
            if (_file.Read(Identity(SHA256.HashData(image), pinned.Maps), out string? reason) is { } record) return new Inheritance(pinned, record);
            Renounce(pinned, reason!);
        }
        catch (BpfException e)
        {
            Renounce(pinned, e.Message);
        }

        return null;
    }

    /// <summary>Removes what was left, and says why.</summary>
    public void Renounce(IDisposable? inheritance, string reason)
    {
        inheritance?.Dispose();
        LogClean(_logger, _claim.Plugin, reason);
        PinnedObject.Remove(_pins);
        _file.Delete();
    }

    /// <summary>Lets a version outlive the agent from now on, in place of the one before it.</summary>
    /// <exception cref="BpfException">Something of it can't be pinned.</exception>
    /// <exception cref="SurvivalException">The totals can't be written.</exception>
    public void Begin(LoadedBpfObject loaded, ReadOnlySpan<byte> image, IReadOnlyList<CumulativeFamily> families)
    {
        _identity = Identity(SHA256.HashData(image), loaded.Maps);
        _families = families;
        _totals = [.. families.Select(static family => new MetricTotals(family.Description.Name, family.WriteSnapshot))];
        Write();
        loaded.Pin(_pins);
    }

    /// <summary>Writes the totals if the last ones that were written, and the maps, no longer tell all. Never throws. Allocates nothing where there is nothing to do.</summary>
    public void Keep()
    {
        if (IsNeeded() || _time.GetElapsedTime(_writtenAt) >= LongestPause) TryWrite();
    }

    /// <summary>Writes the totals a last time: the agent ends, and what is pinned goes on.</summary>
    public void Leave() => TryWrite();

    /// <summary>Says something about what was left.</summary>
    public void Say(string what) => LogSaid(_logger, _claim.Plugin, what);

    /// <summary>What runs does not outlive the agent, though it should.</summary>
    public void Fail(string reason)
    {
        LogNotWritten(_logger, _claim.Plugin, reason);
        _fails = true;
    }

    /// <summary>The same as <see cref="End"/>; what can't be removed is said, and is for <c>ebpf-agent cleanup</c>.</summary>
    public void TryEnd()
    {
        try
        {
            End();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BpfException or SurvivalException)
        {
            Say($"what was pinned of it can't be removed: {e.Message}; run `ebpf-agent cleanup` when this agent has ended");
        }
    }

    /// <summary>Nothing of the plugin is to outlive the agent any more. Gives the claim back.</summary>
    public void End()
    {
        HasEnded = true;
        _identity = null;
        PinnedObject.Remove(_pins);
        if (Directory.Exists(_claim.Pins)) Directory.Delete(_claim.Pins);
        _file.Delete();
        Dispose();
    }

    /// <summary>Gives the claim back. What is pinned stays.</summary>
    public void Dispose() => _claim.Dispose();

    private void TryWrite()
    {
        if (_identity is null) return;
        try
        {
            Write();
            if (_fails) LogWrittenAgain(_logger, _claim.Plugin);
            _fails = false;
        }
        catch (SurvivalException e)
        {
            foreach (CumulativeFamily family in _families) family.SnapshotIsLost();
            // Not at each poll.
            if (!_fails) Fail(e.Message);
        }
    }

    private bool IsNeeded()
    {
        for (int i = 0; i < _families.Count; i++)
        {
            if (_families[i].NeedsSnapshot) return true;
        }

        return false;
    }

    private void Write()
    {
        _file.Write(_identity!, _totals);
        _writtenAt = _time.GetTimestamp();
    }

    private SurvivalIdentity Identity(byte[] hash, IEnumerable<BpfMap> maps) => new(
        _claim.Plugin, BootId.Read(), hash,
        maps.Where(static map => !MapSharing.IsConstant(map.Definition)).ToDictionary(static map => map.Definition.Name, static map => map.Id));

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Plugin} starts clean, and what was left of it in the kernel is removed: {Reason}")]
    private static partial void LogClean(ILogger logger, string plugin, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Plugin}: {What}")]
    private static partial void LogSaid(ILogger logger, string plugin, string what);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Plugin} would lose counts if the agent died now: {Reason}")]
    private static partial void LogNotWritten(ILogger logger, string plugin, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Plugin} would lose nothing any more if the agent died")]
    private static partial void LogWrittenAgain(ILogger logger, string plugin);
}

/// <summary>What an earlier agent has left of a plugin.</summary>
/// <param name="Pinned">Its maps and programs, which have gone on; owned.</param>
/// <param name="Totals">What it had counted beyond what is in the maps.</param>
internal sealed record Inheritance(PinnedObject Pinned, SurvivalRecord Totals) : IDisposable
{
    public void Dispose() => Pinned.Dispose();
}
