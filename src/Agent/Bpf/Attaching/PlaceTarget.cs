using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf.Attaching;

/// <summary>Places that come and go.</summary>
internal sealed class PlaceTarget(IPlaces places) : AttachTarget
{
    public IPlaces Places => places;

    public override string Identity => places.Identity;

    public override bool IsExclusive => places.IsExclusive;

    public override Hold Attach(AttachContext context, BpfProgramHandle runs) => new PlaceSet(places, context, runs);
}
