using EbpfAgent.Abstractions;
using EbpfAgent.Bpf;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Programs;

/// <summary>Uprobes and USDT probes: each call of a process is counted once.</summary>
public sealed class UserProbeTests : KernelTest
{
    private const string Fixture = "programs_uprobe.bpf.o";

    [Fact]
    public void A_function_is_counted_when_it_is_called_and_when_it_returns()
    {
        using var process = new TargetProcess();
        using LoadedBpfObject loaded = Objects.Run(Fixture, AtWork());
        process.Call(1000);
        Assert.Equal([1000, 1000], Counts(loaded));
        Assert.Empty(loaded.Unswitched);
        loaded.Detach();
        process.Call(10);
        Assert.Equal([1000, 1000], Counts(loaded));
    }

    [Fact]
    public void An_offset_in_the_file_is_as_good_as_a_symbol()
    {
        using var process = new TargetProcess();
        using LoadedBpfObject loaded = Objects.Run(Fixture, Objects.At(
            ("on_call", new UprobeAttachment { Binary = Target.Path, Offset = Target.OffsetOf("work") }),
            ("on_return", new UprobeAttachment { Binary = Target.Path, Offset = Target.OffsetOf("work"), IsReturn = true })));
        process.Call(300);
        Assert.Equal([300, 300], Counts(loaded));
    }

    [Fact]
    public void Only_the_process_that_was_named_is_counted()
    {
        using var process = new TargetProcess();
        using var other = new TargetProcess();
        using LoadedBpfObject loaded = Objects.Run(Fixture, AtWork(process.Id));
        process.Call(70);
        other.Call(500);
        Assert.Equal([70, 70], Counts(loaded));
    }

    [Fact]
    public void A_library_is_found_by_its_name_without_version()
    {
        using LoadedBpfObject loaded = Objects.Run(Fixture, Objects.At(
            ("on_call", new UprobeAttachment { Binary = "libc", Symbol = "sched_rr_get_interval", ProcessId = Environment.ProcessId }),
            ("on_return", new UprobeAttachment { Binary = "libc.so.6", Symbol = "sched_rr_get_interval", ProcessId = Environment.ProcessId, IsReturn = true })));
        for (int i = 0; i < 25; i++) LinuxThread.RoundRobinInterval();
        Assert.Equal([25, 25], Counts(loaded));
    }

    /// <summary>What is the same goes on by its switch; what has changed is attached anew.</summary>
    [Fact]
    public void A_version_that_names_another_process_counts_that_one_and_no_other()
    {
        using var one = new TargetProcess();
        using var other = new TargetProcess();
        LoadedBpfObject running = Objects.Run(Fixture, AtWork(one.Id));
        try
        {
            one.Call(10);
            other.Call(1);
            running = Objects.Succeed(running, Fixture, AtWork(other.Id));
            one.Call(1);
            other.Call(20);
            Assert.Equal([30, 30], Counts(running));
            uint before = LinkId(running);
            running = Objects.Succeed(running, Fixture, AtWork(other.Id));
            other.Call(5);
            Assert.Equal([35, 35], Counts(running));
            Assert.Equal(before, LinkId(running));
        }
        finally
        {
            running.Dispose();
        }
    }

    [Fact]
    public void A_binary_that_is_not_there_is_missing_and_the_message_says_where_it_was_looked_for()
    {
        BpfException e = Objects.Refused(Fixture, Objects.At(("on_call", new UprobeAttachment { Binary = "libnosuch", Symbol = "work" }), ("on_return", At("work"))));
        Assert.Equal(BpfFailure.Missing, e.Failure);
        Assert.StartsWith("programs_uprobe.bpf.o: program 'on_call' (uprobe) has nothing to attach to: 'libnosuch' is not there; looked for a library in /", e.Message, StringComparison.Ordinal);
        Assert.Contains("/usr/lib, ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_that_is_not_there_is_missing_and_an_optional_program_costs_nothing_else()
    {
        ProgramAttachment missing = new UprobeAttachment { Binary = Target.Path, Symbol = "play", IsReturn = true };
        BpfException e = Objects.Refused(Fixture, Objects.At(("on_call", At("work")), ("on_return", missing)));
        Assert.Equal(BpfFailure.Missing, e.Failure);
        Assert.Contains($"program 'on_return' (uretprobe) has nothing to attach to: {Target.Path} has no function 'play' in its symbol tables", e.Message, StringComparison.Ordinal);

        using var process = new TargetProcess();
        using LoadedBpfObject loaded = Objects.Run(Fixture, Objects.Options(
            ("on_call", new ProgramOptions { Attachment = At("work") }), ("on_return", new ProgramOptions { Attachment = missing, IsOptional = true })));
        process.Call(4);
        Assert.Equal([4, 0], Counts(loaded));
        Assert.Equal([("on_return", e.Message)], loaded.Unsupported);
        Assert.Equal(["on_call"], loaded.Programs.Select(static program => program.Name));
    }

    [Fact]
    public void A_process_that_is_not_there_is_missing()
    {
        BpfException e = Objects.Refused(Fixture, AtWork(int.MaxValue));
        Assert.Equal((BpfFailure.Missing, true), (e.Failure, e.Message.EndsWith($"there is no process {int.MaxValue}", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_section_that_names_no_place_asks_for_one()
    {
        BpfException e = Objects.Refused(Fixture, ObjectOptions.None);
        Assert.Equal(BpfFailure.Object, e.Failure);
        Assert.Equal(
            "programs_uprobe.bpf.o: program 'on_call' (uprobe) is attached to what its section does not say; " +
            "say which binary, and where in it, for 'on_call' under \"programs\" in plugin.json, or in IPlugin.Programs",
            e.Message);
    }

    [Fact]
    public void A_probe_is_counted_with_its_argument()
    {
        using var process = new TargetProcess();
        using LoadedBpfObject loaded = Objects.Run("programs_usdt.bpf.o", AtProbe("passed"));
        process.Call(100);
        Assert.Equal([100, 4950], Counts(loaded));
        Assert.Equal(["on_probe"], loaded.Unswitched);
    }

    /// <summary>libbpf's notes on a probe go with the object that made them, so a later version attaches by its own.</summary>
    [Fact]
    public void A_probe_is_counted_on_by_a_later_version()
    {
        using var process = new TargetProcess();
        LoadedBpfObject running = Objects.Run("programs_usdt.bpf.o", AtProbe("passed"));
        try
        {
            for (int i = 0; i < 5; i++)
            {
                process.Call(10);
                running = Objects.Succeed(running, "programs_usdt.bpf.o", AtProbe("passed"));
            }

            process.Call(10);
            Assert.Equal([60, 6 * 45], Counts(running));
        }
        finally
        {
            running.Dispose();
        }
    }

    [Fact]
    public void A_probe_that_is_not_there_is_missing()
    {
        BpfException e = Objects.Refused("programs_usdt.bpf.o", AtProbe("failed"));
        Assert.Equal(BpfFailure.Missing, e.Failure);
        Assert.StartsWith($"programs_usdt.bpf.o: program 'on_probe' (usdt) has nothing to attach to: {Target.Path} has no USDT probe 'tests:failed'", e.Message, StringComparison.Ordinal);
    }

    private static UprobeAttachment At(string symbol) => new() { Binary = Target.Path, Symbol = symbol };

    private static ObjectOptions AtWork(int? process = null) => Objects.At(
        ("on_call", new UprobeAttachment { Binary = Target.Path, Symbol = "work", ProcessId = process }),
        ("on_return", new UprobeAttachment { Binary = Target.Path, Symbol = "work", ProcessId = process, IsReturn = true }));

    private static ObjectOptions AtProbe(string name) => Objects.At(("on_probe", new UsdtAttachment { Binary = Target.Path, Provider = "tests", Name = name }));

    private static long[] Counts(LoadedBpfObject loaded) => [loaded.Count(0), loaded.Count(1)];

    private static uint LinkId(LoadedBpfObject loaded) => BpfInfo.Link(((IPredecessor)loaded).Attachments[0].Link!).Id;
}
