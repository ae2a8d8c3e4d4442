using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace EbpfAgent.Survival;

/// <summary>
/// Knows at the next start which plugins were being loaded or polled when the agent died, as it does when a DLL overflows the stack or
/// calls Environment.FailFast. A plugin that was there twice is quarantined, and the rest runs. Any thread may call it.
/// </summary>
/// <remarks>
/// A kill -9 that meets a poll counts as well: nothing tells it from a crash. Hence deaths are forgotten once the plugin has run for
/// <see cref="ForgetsAfter"/>, and don't pass on to another version of it.
/// </remarks>
internal sealed class CrashJournal : IDisposable
{
    /// <summary>How many deaths keep a plugin from being loaded.</summary>
    public const int DeathsToQuarantine = 2;

    /// <summary>How long a plugin has to run until its deaths are forgotten.</summary>
    public static readonly TimeSpan ForgetsAfter = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly ProcessLock _lock;
    private readonly ActivityFile _file;
    private readonly TimeProvider _time;
    // How many entries each record has: two while a plugin is loaded again.
    private readonly int[] _open = new int[ActivityFile.Capacity];

    private CrashJournal(ProcessLock taken, ActivityFile file, TimeProvider time)
    {
        (_lock, _file, _time) = (taken, file, time);
        Findings = file.WasStopped ? Reset() : Bury();
        file.IsStopped = false;
    }

    /// <summary>A sentence for each plugin that was there when the agent died the last time.</summary>
    public IReadOnlyList<string> Findings { get; }

    /// <summary>Opens the journal for this process.</summary>
    /// <param name="folder">Where it lies.</param>
    /// <param name="configuration">The path of this agent's configuration, for the message to others.</param>
    /// <param name="time">The clock by which deaths are forgotten.</param>
    /// <param name="warning">Why there is none, or why it has been started over.</param>
    /// <returns>Null where another agent has it, or where it can't be written: the agent runs without.</returns>
    public static CrashJournal? TryOpen(StateFolder folder, string configuration, TimeProvider time, out string? warning)
    {
        const string Without = "a plugin that ends the agent will not be known at the next start";
        ProcessLock? taken = null;
        try
        {
            taken = ProcessLock.TryTake(folder.ActivityLock, folder.ActivityHolder, configuration, out string holder);
            if (taken is null)
            {
                warning = $"{folder.Activity} is held by {holder}; {Without}, unless this agent is given another stateFolder";
                return null;
            }

            Guid boot = BootId.Read();
            var file = ActivityFile.TryMap(folder.Activity, boot, out string? reason);
            warning = reason is null ? null : $"{folder.Activity} can't be used, and is started over: {reason}";
            return new CrashJournal(taken, file ?? ActivityFile.Create(folder.Activity, folder.ActivityTemporary, boot), time);
        }
        catch (Exception e) when (e is SurvivalException or IOException or UnauthorizedAccessException or NotSupportedException)
        {
            taken?.Dispose();
            warning = e is SurvivalException ? $"{e.Message}; {Without}" : $"{folder.Activity} can't be used: {e.Message}; {Without}";
            return null;
        }
    }

    /// <summary>Whether this version of a plugin is to be left alone.</summary>
    /// <param name="plugin">The plugin's name.</param>
    /// <param name="hash">A hash over all that it is made of.</param>
    /// <param name="message">Why, with the way out.</param>
    public bool IsQuarantined(string plugin, ReadOnlySpan<byte> hash, [NotNullWhen(true)] out string? message)
    {
        message = null;
        lock (_gate)
        {
            int index = Find(Encoding.UTF8.GetBytes(plugin), hash);
            if (index < 0 || _file.Records[index] is not { Deaths: >= DeathsToQuarantine } record) return false;
            message = $"plugin '{plugin}' is not loaded: the agent has died {record.Deaths} times while it was {Doing(record.DiedIn)}; replace its files, or try it again with SIGHUP or POST /-/reload";
            return true;
        }
    }

    /// <summary>A place for a version of a plugin that is about to be loaded. Earlier versions that nobody has open are forgotten.</summary>
    /// <returns><see cref="JournalEntry.None"/> where there is no room.</returns>
    public JournalEntry Open(string plugin, ReadOnlySpan<byte> hash)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(hash.Length, ActivityRecord.HashBytes);
        byte[] name = Encoding.UTF8.GetBytes(plugin);
        if (name.Length is 0 or > ActivityRecord.MaxNameBytes) return JournalEntry.None;
        lock (_gate)
        {
            int index = Find(name, hash);
            if (index < 0) index = Add(name, hash);
            if (index < 0) return JournalEntry.None;
            _open[index]++;
            return new JournalEntry(this, _file, index, _time);
        }
    }

    /// <summary>Forgets what all versions of a plugin have done: somebody wants it to be tried again.</summary>
    public void Forgive(string plugin)
    {
        byte[] name = Encoding.UTF8.GetBytes(plugin);
        lock (_gate)
        {
            foreach (ref ActivityRecord record in _file.Records)
            {
                if (record.Name.SequenceEqual(name)) record.Deaths = 0;
            }
        }
    }

    /// <summary>The agent ends because it was told to: whatever is under way, no plugin is to blame. Call it before plugins are let go of.</summary>
    public void Stop() => _file.IsStopped = true;

    /// <summary>Stops, and lets another process have the journal. Entries may still be marked, in vain.</summary>
    public void Dispose()
    {
        Stop();
        _lock.Dispose();
    }

    /// <summary>For <see cref="JournalEntry"/>: gives a place back.</summary>
    public void Close(int index)
    {
        lock (_gate)
        {
            if (--_open[index] > 0 || _file.IsStopped) return;
            ref ActivityRecord record = ref _file.Records[index];
            record.Rest();
            if (record.Deaths == 0) record = default;
        }
    }

    private int Find(ReadOnlySpan<byte> name, ReadOnlySpan<byte> hash)
    {
        Span<ActivityRecord> records = _file.Records;
        for (int i = 0; i < records.Length; i++)
        {
            if (!records[i].IsFree && records[i].IsOf(name, hash)) return i;
        }

        return -1;
    }

    private int Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> hash)
    {
        Span<ActivityRecord> records = _file.Records;
        int free = -1, innocent = -1;
        for (int i = 0; i < records.Length; i++)
        {
            ref ActivityRecord record = ref records[i];
            bool isOpen = _open[i] > 0;
            if (!isOpen && record.Name.SequenceEqual(name)) record = default;
            if (record.IsFree && free < 0) free = i;
            if (!isOpen && record.Deaths == 0) innocent = i;
        }

        int index = free >= 0 ? free : innocent;
        if (index >= 0) records[index].Fill(name, hash);
        return index;
    }

    private string[] Reset()
    {
        foreach (ref ActivityRecord record in _file.Records) record.Rest();
        return [];
    }

    private List<string> Bury()
    {
        List<string> findings = [];
        foreach (ref ActivityRecord record in _file.Records)
        {
            if (!record.IsFree && record.Bury())
                findings.Add($"the agent has died while plugin '{Encoding.UTF8.GetString(record.Name)}' was {Doing(record.DiedIn)}{(record.Deaths < DeathsToQuarantine ? "; it is tried once more" : $", {record.Deaths} times by now")}");
        }

        return findings;
    }

    private static string Doing(int activity) => activity == (int)Activity.Loading ? "being loaded" : "being polled";
}
