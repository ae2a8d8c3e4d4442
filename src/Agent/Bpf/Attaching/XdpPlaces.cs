using EbpfAgent.Abstractions;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf.Attaching;

/// <summary>
/// Packets as interfaces receive them. An interface takes one program of this kind at a time: where there is one already, the agent stays away. Minimum kernel: 5.9, for a link, which ends with its
/// interface or with the agent.
/// </summary>
internal sealed class XdpPlaces(XdpAttachment at) : IPlaces
{
    private const int Xdp = 37; // BPF_XDP
    private const uint Generic = 2; // XDP_FLAGS_SKB_MODE

    private static readonly AttachKind Kind = new("an XDP link", "CAP_NET_ADMIN", 5, 9);

    private readonly InterfaceNames _names = new(at.Interfaces);

    public string Identity => at.IsGeneric ? "generic" : "";

    public bool IsExclusive => true;

    public IReadOnlyList<Place> Now() => _names.Now();

    public unsafe IHeldPlace Attach(Place place, AttachContext context, BpfProgramHandle runs)
    {
        var options = new LibBpf.LinkCreateOptions { Size = (nuint)sizeof(LibBpf.LinkCreateOptions), Flags = at.IsGeneric ? Generic : 0 };
        int fd = LibBpf.LinkCreate(runs, place.Index, Xdp, &options);
        return fd switch
        {
            >= 0 => new DescriptorPlace(new LinkDescriptor(fd)),
            -Errno.Busy or -Errno.Exists => throw BpfException.With(
                BpfFailure.Other,
                $"{context.Subject} could not be attached to {place.Name}: another XDP program is there ({Errno.Describe(-fd)}), and an interface takes one; detach it (ip link show shows it), or use traffic control instead",
                -fd),
            -Errno.OperationNotSupported when !at.IsGeneric => throw AttachContext.Unsupported(
                $"{context.Subject} could not be attached to {place.Name}: its driver refuses the program ({Errno.Describe(-fd)}); ask for the generic way, which every interface has", -fd),
            _ => throw context.Refused(place.Name, Kind, fd, []),
        };
    }
}
