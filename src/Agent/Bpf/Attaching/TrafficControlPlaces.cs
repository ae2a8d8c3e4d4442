using EbpfAgent.Abstractions;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf.Attaching;

/// <summary>
/// Packets at interfaces' traffic control, as a classifier with direct action. Such a filter is no link: it stays when the agent is killed. What stays then is the dispatcher, which runs nothing any more
/// and lets every packet pass; the next agent that attaches there finds it and removes it. Minimum kernel: 4.5.
/// </summary>
internal sealed class TrafficControlPlaces(TrafficControlAttachment at) : IPlaces
{
    private readonly InterfaceNames _names = new(at.Interfaces);

    public string Identity => $"{(at.IsEgress ? "egress" : "ingress")} priority {at.Priority}";

    public bool IsExclusive => false;

    public IReadOnlyList<Place> Now() => _names.Now();

    public IHeldPlace Attach(Place place, AttachContext context, BpfProgramHandle runs) => TrafficControlFilter.Attach(place, at.IsEgress, at.Priority, context, runs);
}
