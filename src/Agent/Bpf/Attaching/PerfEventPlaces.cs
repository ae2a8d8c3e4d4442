using System.Runtime.InteropServices;
using EbpfAgent.Abstractions;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf.Attaching;

/// <summary>
/// A perf event on each CPU that is on. One that comes on later gets its own; one that goes off between two looks and comes back before the second is not seen to have gone, and counts no more.
/// Minimum kernel: 4.9.
/// </summary>
/// <param name="at">Which event, and how often.</param>
/// <param name="cpus">The CPUs that are on.</param>
internal sealed class PerfEventPlaces(PerfEventAttachment at, CpuPlaces cpus) : IPlaces
{
    private static readonly AttachKind Kind = new("a program on a perf event", "CAP_PERFMON", 4, 9);

    public PerfEventPlaces(PerfEventAttachment at)
        : this(at, new CpuPlaces())
    {
    }

    public string Identity => $"type {at.Type} config 0x{at.Config:x} {Often}";

    public bool IsExclusive => false;

    private string Often => at.Frequency != 0 ? $"{at.Frequency} times a second" : $"every {at.Period} events";

    public IReadOnlyList<Place> Now() => cpus.Now();

    public IHeldPlace Attach(Place place, AttachContext context, BpfProgramHandle runs)
    {
        if (at.Frequency == 0 == (at.Period == 0))
            throw BpfException.With(BpfFailure.Object, $"{context.Subject} needs either a period or a frequency of its perf event; give one of the two, above 0");
        int fd = PerfEvent.Open(at.Type, at.Config, at.Frequency != 0 ? at.Frequency : at.Period, at.Frequency != 0, place.Index);
        if (fd < 0) throw NotOpened(place, context, Marshal.GetLastPInvokeError());
        var opened = new PerfEventHandle(fd);
        if (PerfEvent.Start(opened, runs) == 0) return new DescriptorPlace(opened);
        int errno = Marshal.GetLastPInvokeError();
        opened.Dispose();
        throw context.Refused($"the perf event on {place.Name}", Kind, errno, []);
    }

    private BpfException NotOpened(Place place, AttachContext context, int errno) => errno switch
    {
        Errno.NoEntry or Errno.OperationNotSupported or Errno.NoDevice => AttachContext.Unsupported(
            $"{context.Subject} has nothing to attach to: this machine has no perf event of type {at.Type} with config 0x{at.Config:x} on {place.Name} ({Errno.Describe(errno)}); " +
            (at.Type == PerfEvent.Software ? "use another event" : "virtual machines often have no hardware events; a software event (type 1) is there always"),
            errno),
        Errno.Invalid when at.Frequency != 0 => BpfException.With(
            BpfFailure.Other,
            $"{context.Subject} could not be attached to its perf event on {place.Name}: {Errno.Describe(errno)}; a frequency goes up to what {PerfEvent.MaxRateFile} says, and this is {at.Frequency}",
            errno),
        _ => context.Refused($"the perf event of type {at.Type} with config 0x{at.Config:x} on {place.Name}", Kind, errno, []),
    };
}
