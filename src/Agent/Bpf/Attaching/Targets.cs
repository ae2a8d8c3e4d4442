using EbpfAgent.Abstractions;

namespace EbpfAgent.Bpf.Attaching;

/// <summary>From what is said of a program to what it is attached to.</summary>
internal static class Targets
{
    /// <exception cref="BpfException">What is said doesn't fit the program's type.</exception>
    public static AttachTarget Of(string name, BpfProgram program, ProgramAttachment? attachment) => attachment switch
    {
        null => Placed(name, program) is { } placed ? Of(name, program, placed) : BySection(program),
        UprobeAttachment at => Fit(name, program, "a uprobe", program.Type == ProgramType.KProbe, new UprobeTarget(at)),
        UsdtAttachment at => Fit(name, program, "a USDT probe", program.Type == ProgramType.KProbe, new UsdtTarget(at)),
        KprobeAttachment at => Fit(name, program, "a kprobe", program.Type == ProgramType.KProbe, new KprobeTarget(at)),
        PerfEventAttachment at => Fit(name, program, "a perf event", program.Type == ProgramType.PerfEvent, new PlaceTarget(new PerfEventPlaces(at))),
        XdpAttachment at => Fit(name, program, "XDP", program.Type == ProgramType.Xdp, new PlaceTarget(new XdpPlaces(at))),
        TrafficControlAttachment at => Fit(name, program, "traffic control", program.Type == ProgramType.Classifier, new PlaceTarget(new TrafficControlPlaces(at))),
        CgroupAttachment at => Fit(name, program, "a control group", program.IsForCgroups(), new CgroupTarget(at)),
        _ => throw new ArgumentException($"an attachment of another kind: {attachment.GetType().Name}", nameof(attachment)),
    };

    private static ProgramAttachment? Placed(string name, BpfProgram program)
    {
        try
        {
            return PlaceSections.Attachment(program.Section);
        }
        catch (FormatException e)
        {
            throw BpfException.With(BpfFailure.Object, $"{name}: program '{program.Name}': {e.Message}");
        }
    }

    private static AttachTarget BySection(BpfProgram program)
    {
        if (program.IsForCgroups()) return new UnplacedTarget("which control group");
        return (program.Type, program.SectionKind) switch
        {
            (ProgramType.PerfEvent, _) => new UnplacedTarget("which perf event, and how often"),
            (ProgramType.Xdp or ProgramType.Classifier, _) => new UnplacedTarget("which interfaces"),
            (ProgramType.KProbe, "uprobe" or "uretprobe" or "uprobe.s" or "uretprobe.s") => ByUserSection(program, ProbeSections.Uprobe(program.Section) is { } at ? new UprobeTarget(at, isInSection: true) : null),
            (ProgramType.KProbe, "usdt") => ByUserSection(program, ProbeSections.Usdt(program.Section) is { } at ? new UsdtTarget(at) : null),
            (ProgramType.KProbe, "kprobe" or "kretprobe") when program.SectionTarget is null => new UnplacedTarget("which kernel function"),
            (ProgramType.Tracing, "iter" or "iter.s") => new IteratorTarget(),
            _ => new SectionTarget(),
        };
    }

    // What libbpf understands and we don't is libbpf's.
    private static AttachTarget ByUserSection(BpfProgram program, AttachTarget? read) =>
        program.SectionTarget is null ? new UnplacedTarget("which binary, and where in it") : read ?? new SectionTarget();

    private static AttachTarget Fit(string name, BpfProgram program, string place, bool fits, AttachTarget target) => fits
        ? target
        : throw BpfException.With(
            BpfFailure.Object, $"{AttachContext.Describe(name, program.Name, program.Section)} can't be attached to {place}: its section makes it a program of another type; change the section, or what it is attached to");
}
