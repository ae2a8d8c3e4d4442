using EbpfAgent.Abstractions;
using EbpfAgent.Bpf;
using EbpfAgent.Tests.HandOver;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Programs;

/// <summary>What is attached by options is pinned and found again, if it is one link; what the agent has to look after is not.</summary>
public sealed class SurvivalTests : KernelTest, IDisposable
{
    private readonly string _folder = Path.Combine(BpfFileSystem.Require(), $"ebpf_agent_programs_{Environment.ProcessId}");

    public void Dispose() => PinnedObject.Remove(_folder);

    [Fact]
    public void A_uprobe_counts_on_without_an_agent_and_is_taken_over_where_it_is()
    {
        using var process = new TargetProcess();
        using (LoadedBpfObject first = Objects.Run("programs_uprobe.bpf.o", At(process.Id))) first.Pin(_folder);
        process.Call(7);
        using PinnedObject found = PinnedObject.Open(_folder)!;
        uint link = BpfInfo.Link(((IPredecessor)found).Attachments[0].Link!).Id;
        using LoadedBpfObject second = Objects.Load("programs_uprobe.bpf.o", At(process.Id), found);
        second.PrepareTakeOver(found, Versions.Kernel);
        second.TakeOver(found);
        process.Call(5);
        Assert.Equal((12, 12), (second.Count(0), second.Count(1)));
        Assert.Equal(link, BpfInfo.Link(((IPredecessor)second).Attachments[0].Link!).Id);
    }

    [Fact]
    public void One_that_is_found_at_another_process_ends_there()
    {
        using var process = new TargetProcess();
        using var other = new TargetProcess();
        using (LoadedBpfObject first = Objects.Run("programs_uprobe.bpf.o", At(process.Id))) first.Pin(_folder);
        using PinnedObject found = PinnedObject.Open(_folder)!;
        using LoadedBpfObject second = Objects.Load("programs_uprobe.bpf.o", At(other.Id), found);
        second.PrepareTakeOver(found, Versions.Kernel);
        second.TakeOver(found);
        PinnedObject.Remove(_folder);
        process.Call(100);
        other.Call(3);
        Assert.Equal((3, 3), (second.Count(0), second.Count(1)));
    }

    [Fact]
    public void An_iterator_needs_no_pin()
    {
        using (LoadedBpfObject first = Objects.Run("programs_iterator.bpf.o", ObjectOptions.None.With(("process", 1)))) first.Pin(_folder);
        using PinnedObject found = PinnedObject.Open(_folder)!;
        Assert.Empty(found.Programs);
        Assert.NotNull(found.FindMap("counts"));
    }

    [Theory]
    [InlineData("programs_perf_event.bpf.o", "program 'on_event' (perf_event)")]
    [InlineData("programs_usdt.bpf.o", "program 'on_probe' (usdt)")]
    public void What_the_agent_looks_after_can_not_outlive_it(string fixture, string program)
    {
        using LoadedBpfObject loaded = Objects.Run(fixture, Objects.At(fixture.Contains("usdt", StringComparison.Ordinal)
            ? ("on_probe", new UsdtAttachment { Binary = Target.Path, Provider = "tests", Name = "passed" })
            : ("on_event", new PerfEventAttachment { Type = 1, Config = 0, Frequency = 1 })));
        var e = Assert.Throws<BpfException>(() => loaded.Pin(_folder));
        Assert.Equal(
            (BpfFailure.Unsupported, $"{fixture}: {program} can't outlive the agent: the agent looks after its places (interfaces, CPUs, the notes of USDT probes), and they would be nobody's"), (e.Failure, e.Message));
    }

    private static ObjectOptions At(int process) => Objects.At(
        ("on_call", new UprobeAttachment { Binary = Target.Path, Symbol = "work", ProcessId = process }),
        ("on_return", new UprobeAttachment { Binary = Target.Path, Symbol = "work", ProcessId = process, IsReturn = true }));
}
