namespace EbpfAgent.Bpf.Events;

/// <summary>
/// Where BPF programs put events for the agent to take away: a ring buffer, or the perf buffers of all CPUs. Each event can be taken once, by whoever drains first: of several buffers
/// over one map, one is drained.
/// </summary>
/// <remarks>Not for use by several threads. Disposing it leaves the map, and what nobody has taken from a ring buffer, to whoever else holds it.</remarks>
internal interface IEventBuffer : IDisposable
{
    /// <summary>The map's name in its object.</summary>
    string Name { get; }

    /// <summary>The kernel's number for the map.</summary>
    uint MapId { get; }

    /// <summary>Whether the kernel may add bytes to the end of an event.</summary>
    bool IsPadded { get; }

    /// <summary>How many events the kernel had no room for since this was opened; null where it doesn't count them.</summary>
    /// <exception cref="BpfException">It can't be asked.</exception>
    ulong? Lost { get; }

    /// <summary>
    /// Takes all events that are there at the call, and a bounded number of those that come during it. An event whose program is still writing it holds up those behind it: it is waited for some
    /// microseconds, and then left to the next time.
    /// </summary>
    /// <returns>Whether the buffer had filled so far that it should be looked at again without delay.</returns>
    /// <exception cref="BpfException">What is in the buffer is nothing that the kernel writes.</exception>
    bool Drain(IEventSink sink);

    /// <summary>Has the kernel wake this watch, as events come, from now on; ended by disposing the watch. Events that are there already wake it at once.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    void WakeWith(EventWatch watch);

    /// <summary>Gives CPUs that have come what they need, and takes it from those that are gone; does nothing where none has. Cheap enough for each second.</summary>
    /// <param name="sink">Takes what a CPU that is gone has left.</param>
    /// <exception cref="BpfException">The kernel refused.</exception>
    void Maintain(IEventSink sink);
}
