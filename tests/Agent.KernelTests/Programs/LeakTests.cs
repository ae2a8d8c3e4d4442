using EbpfAgent.Abstractions;
using EbpfAgent.Bpf;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Programs;

/// <summary>Of each kind nothing is left, whether it ran, was followed or was refused: in the kernel, and of descriptors of whatever sort.</summary>
public sealed class LeakTests : KernelTest
{
    private static readonly ProgramOptions Optional = new() { IsOptional = true };

    public static TheoryData<string, Func<object>> Kinds => new()
    {
        { "programs_uprobe.bpf.o", static () => Objects.At(("on_call", Work(false)), ("on_return", Work(true))) },
        { "programs_usdt.bpf.o", static () => Objects.At(("on_probe", new UsdtAttachment { Binary = Target.Path, Provider = "tests", Name = "passed" })) },
        { "programs_perf_event.bpf.o", static () => Objects.At(("on_event", new PerfEventAttachment { Type = 1, Config = 0, Frequency = 10 })) },
        { "programs_cgroup.bpf.o", static () => Objects.At(("on_packet", new CgroupAttachment { Path = "/" })) },
        { "programs_iterator.bpf.o", static () => ObjectOptions.None },
        { "programs_fallback.bpf.o", static () => Objects.Options(("by_fentry", Optional), ("by_kprobe", Optional)) },
    };

    public static TheoryData<string, Func<object>> Refusals => new()
    {
        { "programs_uprobe.bpf.o", static () => Objects.At(("on_call", Work(false)), ("on_return", new UprobeAttachment { Binary = Target.Path, Symbol = "none", IsReturn = true })) },
        { "programs_usdt.bpf.o", static () => Objects.At(("on_probe", new UsdtAttachment { Binary = Target.Path, Provider = "tests", Name = "none" })) },
        { "programs_perf_event.bpf.o", static () => Objects.At(("on_event", new PerfEventAttachment { Type = 1, Config = 999, Period = 1 })) },
        { "programs_cgroup.bpf.o", static () => Objects.At(("on_packet", new CgroupAttachment { Path = "/no/such" })) },
        { "programs_map_iterator.bpf.o", static () => ObjectOptions.None },
        { "programs_unknown_section.bpf.o", static () => ObjectOptions.None },
        { "programs_settings.bpf.o", static () => ObjectOptions.None.With(("small", 256)) },
    };

    [Theory]
    [MemberData(nameof(Kinds), DisableDiscoveryEnumeration = true)]
    public void Of_what_ran(string fixture, Func<object> options) => Check(() =>
    {
        var said = (ObjectOptions)options();
        LoadedBpfObject running = Objects.Run(fixture, said);
        running.Maintain();
        running.RunIterators();
        Objects.Succeed(running, fixture, said).Dispose();
    });

    [Theory]
    [MemberData(nameof(Refusals), DisableDiscoveryEnumeration = true)]
    public void Of_what_was_refused(string fixture, Func<object> options) => Check(() => Objects.Refused(fixture, (ObjectOptions)options()));

    // Once before it is counted: what is made once for the process stays.
    private static void Check(Action once)
    {
        once();
        IReadOnlyList<(string, uint)> before = KernelIds.OwnedBy(Environment.ProcessId);
        int descriptors = Descriptors();
        for (int i = 0; i < 3; i++) once();
        Assert.Equal(before, KernelIds.OwnedBy(Environment.ProcessId));
        Assert.True(SpinWait.SpinUntil(() => Descriptors() <= descriptors, TimeSpan.FromSeconds(2)), $"{Descriptors()} descriptors, and {descriptors} before");
    }

    private static int Descriptors() => Directory.GetFiles("/proc/self/fd").Length;

    private static UprobeAttachment Work(bool isReturn) => new() { Binary = Target.Path, Symbol = "work", IsReturn = isReturn };
}
