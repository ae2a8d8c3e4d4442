using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf.Events;

/// <summary>
/// Has all buffers of all plugins drained as they fill, between polls too, by one thread that the kernel wakes. An agent without events has no such thread, and one whose buffers stay nearly empty
/// is not woken: perf buffers, and ring buffers of <c>EVENTS(...)</c>, wake when they are a quarter full.
/// </summary>
/// <remarks>Safe for use by many threads.</remarks>
internal sealed class EventPump : IDisposable
{
    // A ring buffer whose program asks for it wakes for each event: then no more often than this, as long as it stays nearly empty.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    private const ulong End = 0;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, IEventDrain> _drains = [];
    private readonly ManualResetEvent _ended = new(false);
    private Epoll? _epoll;
    private Thread? _thread;
    private ulong _lastToken = End;
    private long _wakeUps;

    /// <summary>How often it was woken.</summary>
    public long WakeUps => Interlocked.Read(ref _wakeUps);

    /// <summary>Begins to watch for a drain. Nothing wakes it before descriptors are added.</summary>
    /// <returns>Ends the watch when it is disposed; a drain that is under way may still end after that.</returns>
    /// <exception cref="BpfException">There is no descriptor left for it.</exception>
    public EventWatch Watch(IEventDrain drain)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_ended.WaitOne(0), this);
            _epoll ??= new Epoll();
            if (_thread is null)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = "event pump" };
                _thread.Start();
            }

            ulong token = ++_lastToken;
            _drains.Add(token, drain);
            return new EventWatch(_epoll, token, () => Forget(token));
        }
    }

    /// <summary>Ends its thread. What is still watched is drained by polls only.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_ended.WaitOne(0)) return;
            _ended.Set();
        }

        if (_epoll is null) return;
        using (EventHandle ready = LibC.OpenReadyEvent())
        {
            _epoll.Watch(ready, End, "the end");
            _thread!.Join();
        }

        _epoll.Dispose();
    }

    private void Forget(ulong token)
    {
        lock (_gate) _drains.Remove(token);
    }

    private void Run()
    {
        Span<ulong> woken = stackalloc ulong[16];
        while (true)
        {
            int count = _epoll!.Wait(woken);
            Interlocked.Increment(ref _wakeUps);
            bool isPressed = false;
            foreach (ulong token in woken[..count]) isPressed |= Find(token)?.Drain() ?? false;
            if (_ended.WaitOne(isPressed ? TimeSpan.Zero : Pause)) return;
        }
    }

    private IEventDrain? Find(ulong token)
    {
        lock (_gate) return _drains.GetValueOrDefault(token);
    }
}

/// <summary>What the pump calls when events have come.</summary>
internal interface IEventDrain
{
    /// <summary>Takes them. Called on the pump's thread, on which all others wait: it must be quick, and must not throw.</summary>
    /// <returns>Whether there were so many that the next ones should be looked for without delay.</returns>
    bool Drain();
}

/// <summary>What one buffer is woken by. Made by <see cref="EventPump.Watch"/>; not for use by several threads.</summary>
internal sealed class EventWatch(Epoll epoll, ulong token, Action forget) : IDisposable
{
    private readonly List<BpfDescriptor> _descriptors = [];

    /// <summary>Has the kernel wake when this descriptor is ready. It is to be removed, or the watch disposed, before it is closed.</summary>
    /// <param name="descriptor">A ring buffer's map, or a perf event.</param>
    /// <param name="what">What it is, for messages.</param>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public void Add(BpfDescriptor descriptor, string what)
    {
        epoll.Watch(descriptor, token, what);
        _descriptors.Add(descriptor);
    }

    /// <summary>Undoes <see cref="Add"/>.</summary>
    public void Remove(BpfDescriptor descriptor)
    {
        if (_descriptors.Remove(descriptor)) epoll.Forget(descriptor);
    }

    /// <summary>Wakes at once if the descriptor is ready, whether or not anything new has come.</summary>
    public void WakeNow(BpfDescriptor descriptor)
    {
        if (_descriptors.Contains(descriptor)) epoll.Report(descriptor, token);
    }

    public void Dispose()
    {
        forget();
        foreach (BpfDescriptor descriptor in _descriptors) epoll.Forget(descriptor);
        _descriptors.Clear();
    }
}
