namespace EbpfAgent.Survival;

/// <summary>
/// One plugin's place in the <see cref="CrashJournal"/>. Marks are plain writes to memory, without a system call and without an allocation.
/// One activity at a time; which thread marks it doesn't matter, and marks after <see cref="Dispose"/> are ignored.
/// </summary>
internal sealed unsafe class JournalEntry : IDisposable
{
    private readonly CrashJournal? _journal;
    private readonly ActivityFile? _file;
    private readonly ActivityRecord* _record;
    private readonly int _index;
    private readonly TimeProvider _time;
    private readonly long _opened;
    private int* _mark;
    private volatile bool _closed;

    private JournalEntry() => _time = TimeProvider.System;

    /// <param name="journal">Where it is given back.</param>
    /// <param name="file">The mapped file.</param>
    /// <param name="index">The record.</param>
    /// <param name="time">The clock by which deaths are forgotten.</param>
    public JournalEntry(CrashJournal journal, ActivityFile file, int index, TimeProvider time)
    {
        (_journal, _file, _index, _time) = (journal, file, index, time);
        _record = file.At(index);
        _opened = time.GetTimestamp();
    }

    /// <summary>For an agent without a journal: marks nothing.</summary>
    public static JournalEntry None { get; } = new();

    /// <summary>From now on the end of the process is laid to this plugin, until <see cref="Leave"/>.</summary>
    public void Enter(Activity activity)
    {
        if (!IsMarking) return;
        _mark = activity == Activity.Loading ? &_record->Loading : &_record->Polling;
        Volatile.Write(ref *_mark, 1);
    }

    /// <summary>The activity is over, well or not. Forgets earlier deaths once the plugin has gone on for long enough.</summary>
    public void Leave()
    {
        if (!IsMarking || _mark is null) return;
        Volatile.Write(ref *_mark, 0);
        if (_record->Deaths != 0 && _time.GetElapsedTime(_opened) >= CrashJournal.ForgetsAfter) _record->Deaths = 0;
    }

    /// <summary>Gives the place back; deaths are kept.</summary>
    public void Dispose()
    {
        Leave();
        if (_journal is null || _closed) return;
        // Before the place is another's: a poll that hangs may come back.
        _closed = true;
        _journal.Close(_index);
    }

    private bool IsMarking => _file is { IsStopped: false } && !_closed;
}
