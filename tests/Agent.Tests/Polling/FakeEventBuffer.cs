using EbpfAgent.Bpf.Events;

namespace EbpfAgent.Tests.Polling;

/// <summary>Events that wait to be taken.</summary>
internal sealed class FakeEventBuffer(uint mapId = 1) : IEventBuffer
{
    private readonly Queue<byte[]> _events = [];

    public string Name { get; init; } = "events";

    public uint MapId => mapId;

    public bool IsPadded { get; init; }

    public ulong? Lost { get; set; }

    public bool IsDisposed { get; private set; }

    public int Watches { get; private set; }

    public int Drains { get; private set; }

    /// <summary>Thrown by the next drains.</summary>
    public Exception? Failure { get; set; }

    public void Send(params byte[][] events)
    {
        foreach (byte[] sent in events) _events.Enqueue(sent);
    }

    public bool Drain(IEventSink sink)
    {
        Assert.False(IsDisposed);
        Drains++;
        if (Failure is not null) throw Failure;
        while (_events.TryDequeue(out byte[]? sent)) sink.Accept(sent);
        return false;
    }

    public void WakeWith(EventWatch watch) => Watches++;

    public void Maintain(IEventSink sink) => Drain(sink);

    public void Dispose() => IsDisposed = true;
}
