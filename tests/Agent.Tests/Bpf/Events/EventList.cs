using EbpfAgent.Bpf.Events;

namespace EbpfAgent.Tests.Bpf.Events;

/// <summary>Keeps the events that it takes, as text.</summary>
internal sealed class EventList : IEventSink
{
    public List<string> Taken { get; } = [];

    public void Accept(ReadOnlySpan<byte> sent) => Taken.Add(Convert.ToHexString(sent));
}
