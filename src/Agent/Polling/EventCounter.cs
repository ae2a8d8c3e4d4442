using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Events;

namespace EbpfAgent.Polling;

/// <summary>
/// Stands for a map from events to how often they came: it takes them out of a ring buffer or perf buffer as the kernel wakes, and at each read. N events that were sent before a read are N in it.
/// </summary>
/// <remarks>
/// One thread reads at a time; the rest is safe for use by any. Nothing is taken before <see cref="Start"/> or the first read. Of two versions over one ring buffer the later is not started: it
/// takes over. Counts end with the agent: what a ring buffer holds of a plugin that outlives the agent is counted by the next one, and what found no room meanwhile is
/// known if the object counts it. Allocates nothing at steady state.
/// </remarks>
internal sealed class EventCounter : IEntrySource, IEventDrain, IDisposable
{
    private enum State
    {
        New,
        Running,
        TakenOver,
        Disposed,
    }

    private readonly Lock _gate = new();
    private readonly IEventBuffer _buffer;
    private readonly EventPump _pump;
    private readonly FailedInsertCounter? _drops;
    private readonly bool _sharesDrops;
    private EventTally _tally;
    private EventWatch? _watch;
    private State _state;
    private ulong? _noRoom;
    private EventLosses _before;
    private byte[] _keys = [];
    private byte[] _counts = [];

    /// <param name="buffer">The buffer; owned.</param>
    /// <param name="keySize">The bytes of an event.</param>
    /// <param name="maxKeys">
    /// How many different events are told apart, within 64 MiB; when there are half as many, those that rest are forgotten with the next <see cref="Keep"/>. What has no room is dropped, and counted
    /// as <see cref="EventLosses.Overflow"/>.
    /// </param>
    /// <param name="pump">Has it drained between reads.</param>
    /// <param name="drops">Where the object itself counts the events that found no room; null where it doesn't.</param>
    /// <param name="sharesDrops">Whether that counter is the one of the version before, and goes on.</param>
    public EventCounter(IEventBuffer buffer, int keySize, int maxKeys, EventPump pump, FailedInsertCounter? drops = null, bool sharesDrops = false)
    {
        (_buffer, _pump, _drops, _sharesDrops) = (buffer, pump, drops, sharesDrops);
        KeySize = keySize;
        _tally = new EventTally(keySize, maxKeys, buffer.IsPadded);
    }

    /// <summary>The bytes of a key: an event's.</summary>
    public int KeySize { get; }

    /// <summary>One 64-bit count.</summary>
    public int ValueBytes => sizeof(ulong);

    /// <summary>How many events have been counted, all keys together.</summary>
    public ulong Counted
    {
        get
        {
            lock (_gate) return _tally.Counted;
        }
    }

    /// <summary>What is in no count, as of the last read.</summary>
    public EventLosses Losses
    {
        get
        {
            lock (_gate) return LossesLocked();
        }
    }

    /// <summary><see cref="EventLosses.NoRoom"/> of <see cref="Losses"/>.</summary>
    public ulong? Lost => Losses.NoRoom;

    /// <summary>Begins to take events; does nothing where it has begun, or is over.</summary>
    /// <exception cref="BpfException">The kernel won't wake for it.</exception>
    public void Start()
    {
        lock (_gate) StartLocked();
    }

    /// <summary>Takes all events that were sent before the call, and gives the sink each key with its count. It holds up nothing while the sink works: a decoder may hang.</summary>
    /// <returns>How many keys there are; none once another version has taken over.</returns>
    /// <exception cref="BpfException">The buffer can't be read; what was counted is kept.</exception>
    public int Read(IEntrySink sink)
    {
        int keys = Take();
        if (keys > 0) sink.Accept(_keys.AsSpan(0, keys * KeySize), _counts.AsSpan(0, keys * sizeof(ulong)), keys);
        return keys;
    }

    /// <summary>Says that what the last read gave is what the next one is compared with. Only then are keys that rest forgotten, to make room; without it every key is kept.</summary>
    public void Keep()
    {
        lock (_gate) _tally.Keep();
    }

    /// <summary>Goes on where the counter of another version of the plugin has come to, and starts. The other one takes no event after this; it is still to be disposed.</summary>
    /// <param name="old">The other version's.</param>
    /// <param name="sameEvents">Whether the two versions' events of the same size have the same meaning.</param>
    /// <returns>
    /// Whether the counts go on, as they do if both read the same ring buffer: each key's next count is to be compared with the old one's last. If not, every count has begun at 0. Losses go on
    /// in any case.
    /// </returns>
    /// <exception cref="BpfException">The kernel won't wake for it; all else is done, and the next read tries again.</exception>
    public bool TakeOver(EventCounter old, bool sameEvents = true)
    {
        bool goesOn;
        lock (old._gate)
        {
            lock (_gate)
            {
                bool hadEnded = old._state is State.TakenOver or State.Disposed;
                goesOn = !hadEnded && sameEvents && _state == State.New && old.KeySize == KeySize && old._buffer.MapId == _buffer.MapId;
                if (!hadEnded) old.TakeLast();
                _before = BeforeOf(old, goesOn);
                if (goesOn) _tally = old._tally.GoOn(_tally);
                old.StopWatching();
                if (!hadEnded) old._state = State.TakenOver;
            }
        }

        Start();
        return goesOn;
    }

    /// <summary>Gives CPUs that have come what they need; to be called about once a second. An event from a CPU that has come since the last call is lost, and not known.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public void Maintain()
    {
        lock (_gate)
        {
            if (_state is State.New or State.Running) _buffer.Maintain(_tally);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_state == State.Disposed) return;
            _state = State.Disposed;
            StopWatching();
            _buffer.Dispose();
        }
    }

    bool IEventDrain.Drain()
    {
        lock (_gate)
        {
            if (_watch is null) return false;
            try
            {
                return _buffer.Drain(_tally);
            }
            catch (Exception)
            {
                // All plugins' events are waiting on this thread. The next read meets it again, and says it.
                StopWatching();
                return false;
            }
        }
    }

    private int Take()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_state == State.Disposed, this);
            if (_state == State.TakenOver) return 0;
            StartLocked();
            _buffer.Drain(_tally);
            _noRoom = ReadNoRoom();
            return _tally.CopyTo(ref _keys, ref _counts);
        }
    }

    // The programs have changed over: what they left for the old version is all there will be. If it can't be had, it is not known, as with a plugin that is unloaded.
    private void TakeLast()
    {
        try
        {
            _buffer.Drain(_tally);
            _noRoom = ReadNoRoom();
        }
        catch (BpfException)
        {
            // Its own polls have said why.
        }
    }

    private EventLosses BeforeOf(EventCounter old, bool goesOn)
    {
        // A counter in a map that both versions have goes on by itself.
        bool sameDrops = _sharesDrops && _drops is not null && old._drops is not null && old._buffer.Name == _buffer.Name;
        EventLosses losses = goesOn ? old._before : old.LossesLocked();
        return losses with { NoRoom = sameDrops ? old._before.NoRoom : old.LossesLocked().NoRoom };
    }

    private void StartLocked()
    {
        if (_watch is not null || _state is State.TakenOver or State.Disposed) return;
        EventWatch watch = _pump.Watch(this);
        try
        {
            _buffer.WakeWith(watch);
        }
        catch
        {
            watch.Dispose();
            throw;
        }

        (_watch, _state) = (watch, State.Running);
    }

    private void StopWatching()
    {
        _watch?.Dispose();
        _watch = null;
    }

    private ulong? ReadNoRoom() => EventLosses.Sum(_buffer.Lost, _drops?.Read());

    private EventLosses LossesLocked() => new EventLosses(_noRoom, _tally.Malformed, _tally.Overflow) + _before;
}
