using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf.Attaching;

/// <summary>
/// What filters of an interface hang on: the qdisc <c>clsact</c>, which may be anybody's, and its side for what arrives or for what leaves.
/// </summary>
/// <param name="index">The interface.</param>
/// <param name="isEgress">Which side.</param>
internal sealed unsafe class TrafficControlHook(int index, bool isEgress)
{
    private const int Ingress = 1, Egress = 2; // BPF_TC_INGRESS, BPF_TC_EGRESS
    private const uint IngressParent = 0xfffffff2, EgressParent = 0xfffffff3; // TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS), and _EGRESS

    private static readonly Lock Gate = new();

    // The interfaces whose qdisc this process has made, whichever of its filters needed it first.
    private static readonly HashSet<int> Made = [];

    /// <summary>For libbpf.</summary>
    public LibBpf.TrafficControlPoint Point => PointOf(isEgress ? Egress : Ingress);

    /// <summary>Makes the qdisc if it is not there; 0, or a negative errno.</summary>
    public int Make()
    {
        lock (Gate)
        {
            LibBpf.TrafficControlPoint both = PointOf(Ingress | Egress);
            int result = LibBpf.TrafficControlMake(&both);
            if (result == 0) Made.Add(index);
            return result == -Errno.Exists ? 0 : result;
        }
    }

    /// <summary>The filters on this side.</summary>
    public IReadOnlyList<ListedFilter> Filters() => TrafficControlList.Read(index, isEgress ? EgressParent : IngressParent);

    /// <summary>
    /// Removes the qdisc if this process has made it and no filter is left on either side. Who adds one between the look and the removal loses it: the kernel has no way to do both at once.
    /// </summary>
    public void LeaveEmpty()
    {
        lock (Gate)
        {
            if (!Made.Contains(index) || TrafficControlList.Read(index, IngressParent).Count > 0 || TrafficControlList.Read(index, EgressParent).Count > 0) return;
            LibBpf.TrafficControlPoint both = PointOf(Ingress | Egress);
            // It fails where the interface is gone, and the qdisc with it.
            _ = LibBpf.TrafficControlRemove(&both);
            Made.Remove(index);
        }
    }

    private LibBpf.TrafficControlPoint PointOf(int side) => new() { Size = (nuint)sizeof(LibBpf.TrafficControlPoint), Interface = index, Side = side };
}
