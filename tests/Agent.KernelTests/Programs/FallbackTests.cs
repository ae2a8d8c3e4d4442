using EbpfAgent.Abstractions;
using EbpfAgent.Bpf;
using EbpfAgent.Tests.HandOver;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Programs;

/// <summary>What a kernel lacks costs the program that needs it, if the object can do without or has another that does the same.</summary>
public sealed class FallbackTests : KernelTest
{
    private const string Fixture = "programs_fallback.bpf.o";

    private static readonly ProgramOptions Optional = new() { IsOptional = true };

    [Fact]
    public void What_this_kernel_lacks_is_unsupported_and_the_rest_counts()
    {
        using LoadedBpfObject loaded = Objects.Run(Fixture, Objects.Options(("by_fentry", Optional), ("by_kprobe", Optional)));
        LinuxThread.RoundRobinInterval();
        Assert.Equal(1, loaded.Count(0));
        Assert.Equal(1, loaded.Count(3));
        Assert.Equal(0, loaded.Count(4));
        // A kernel with kprobes and trampolines has them all but the last.
        Assert.Contains("by_question_mark", loaded.Unsupported.Select(static one => one.Program));
        Assert.DoesNotContain("by_question_mark", loaded.Programs.Select(static program => program.Name));
        Assert.All(loaded.Unsupported, one => Assert.StartsWith($"programs_fallback.bpf.o: program '{one.Program}' (", one.Reason, StringComparison.Ordinal));
        Assert.All(loaded.Unsupported, static one => Assert.Contains(Versions.Kernel.Release, one.Reason, StringComparison.Ordinal));
        int running = 5 - loaded.Unsupported.Count;
        Assert.Equal(running, loaded.Programs.Count);
        Assert.Equal(running, ((IPredecessor)loaded).Attachments.Count);
    }

    [Fact]
    public void Without_being_optional_each_lack_is_the_whole_objects()
    {
        BpfException e = Objects.Refused(Fixture, Objects.Options(("by_kprobe", Optional)));
        Assert.SkipWhen(HasTrampolines(), "this kernel has fentry");
        Assert.Equal(BpfFailure.Unsupported, e.Failure);
        Assert.Contains("program 'by_fentry' (fentry/", e.Message, StringComparison.Ordinal);
        Assert.Contains("it has no BPF trampolines for them, or is locked down", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_stand_in_runs_where_the_preferred_program_can_not()
    {
        using LoadedBpfObject loaded = Objects.Run(Fixture, Objects.Options(
            ("by_kprobe", new ProgramOptions { InsteadOf = "by_fentry" }), ("by_tracepoint", new ProgramOptions { InsteadOf = "by_kprobe" })));
        LinuxThread.RoundRobinInterval();
        LinuxThread.RoundRobinInterval();
        Assert.Equal(2, loaded.Count(0));
        // One of the three, whichever this kernel has.
        Assert.Equal(2, loaded.Count(1) + loaded.Count(2) + loaded.Count(3));
        Assert.Equal(["by_question_mark"], loaded.Unsupported.Select(static one => one.Program));
        Assert.Equal(2, loaded.Programs.Count);
        if (HasTrampolines()) return;
        Assert.Equal(2, loaded.Count(3));
        Assert.Equal([("by_fentry", "by_tracepoint"), ("by_kprobe", "by_tracepoint")], loaded.Outcome.Replaced.Select(static one => (one.Program, one.By)));
    }

    /// <summary>The first is refused when it is loaded, the second when it is attached.</summary>
    [Fact]
    public void A_stand_in_that_is_not_needed_is_neither_attached_nor_kept()
    {
        int before = KernelIds.Descriptors();
        using (LoadedBpfObject loaded = Objects.Run(Fixture, Objects.Options(
            ("by_fentry", Optional), ("by_kprobe", Optional), ("by_tracepoint", new ProgramOptions { InsteadOf = "always" }))))
        {
            LinuxThread.RoundRobinInterval();
            Assert.Equal((1, 0), (loaded.Count(0), loaded.Count(3)));
            Assert.DoesNotContain("by_tracepoint", loaded.Programs.Select(static program => program.Name));
            Assert.DoesNotContain("by_tracepoint", loaded.Unsupported.Select(static one => one.Program));
            Assert.Empty(loaded.Outcome.Replaced);
        }

        Assert.Equal(before, KernelIds.Descriptors());
    }

    [Fact]
    public void A_later_version_goes_on_with_the_stand_in_and_loses_nothing()
    {
        ObjectOptions options = Objects.Options(
            ("by_kprobe", new ProgramOptions { InsteadOf = "by_fentry" }), ("by_tracepoint", new ProgramOptions { InsteadOf = "by_kprobe" }));
        LoadedBpfObject running = Objects.Run(Fixture, options);
        try
        {
            using var calls = new RareCalls(200_000);
            for (int done = 0; done < 10; done++)
            {
                while (calls.Made < 20_000 * done && !calls.IsDone) Thread.Yield();
                running = Objects.Succeed(running, Fixture, options);
            }

            while (!calls.IsDone) Thread.Yield();
            Assert.SkipWhen(HasTrampolines(), "this kernel has fentry, which can't be switched");
            Assert.Equal((200_000, 200_000), (running.Count(0), running.Count(3)));
        }
        finally
        {
            running.Dispose();
        }
    }

    [Fact]
    public void A_kprobe_may_name_several_functions_and_says_what_it_lacks()
    {
        ObjectOptions options = Objects.Options(
            ("by_fentry", Optional),
            ("by_kprobe", new ProgramOptions { IsOptional = true, Attachment = new KprobeAttachment { Functions = ["no_such_function", "vfs_read"] } }));
        using LoadedBpfObject loaded = Objects.Run(Fixture, options);
        bool hasKprobes = Directory.Exists("/sys/bus/event_source/devices/kprobe");
        Assert.Equal(hasKprobes, loaded.Programs.Any(static program => program.Name == "by_kprobe"));
        if (hasKprobes) return;
        string reason = loaded.Unsupported.Single(static one => one.Program == "by_kprobe").Reason;
        Assert.Contains(
            $"kernel {Versions.Kernel.Release} has no kprobes (there is no /sys/bus/event_source/devices/kprobe), and so lacks any of the functions no_such_function, vfs_read; use an fentry program or a tracepoint",
            reason,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("by_nobody", null, "programs_fallback.bpf.o has no program 'by_nobody'; it has: always, by_fentry, by_kprobe, by_tracepoint, by_question_mark")]
    [InlineData("by_kprobe", "by_nobody", "programs_fallback.bpf.o has no program 'by_nobody', which 'by_kprobe' is to stand in for; it has: always, by_fentry, by_kprobe, by_tracepoint, by_question_mark")]
    [InlineData("by_kprobe", "by_kprobe", "programs_fallback.bpf.o: program 'by_kprobe' stands in for itself, by way of 'by_kprobe'; let one of them stand in for nothing")]
    public void Options_that_do_not_fit_are_the_plugins_fault(string program, string? insteadOf, string message)
    {
        BpfException e = Objects.Refused(Fixture, Objects.Options((program, new ProgramOptions { InsteadOf = insteadOf })));
        Assert.Equal((BpfFailure.Object, message), (e.Failure, e.Message));
    }

    [Fact]
    public void An_attachment_of_another_kind_is_the_plugins_fault()
    {
        BpfException e = Objects.Refused(Fixture, Objects.At(("always", new XdpAttachment { Interfaces = ["lo"] })));
        Assert.Equal(
            (BpfFailure.Object, "programs_fallback.bpf.o: program 'always' (tp_btf/sys_enter) can't be attached to XDP: its section makes it a program of another type; change the section, or what it is attached to"),
            (e.Failure, e.Message));
    }

    [Fact]
    public void A_section_that_a_later_libbpf_knows_is_unsupported()
    {
        Exception? refused = Record.Exception(static () => Objects.Load("programs_later_section.bpf.o", ObjectOptions.None).Dispose());
        Assert.SkipWhen(refused is null, "this machine's libbpf knows tcx");
        var e = Assert.IsType<BpfException>(refused);
        Assert.Equal(
            (BpfFailure.Unsupported, "programs_later_section.bpf.o: program 'on_packet' (tcx/ingress): this machine's libbpf does not know programs of this kind; install a newer libbpf, or use another section"),
            (e.Failure, e.Message));
    }

    [Fact]
    public void A_section_that_no_libbpf_knows_is_the_objects_fault()
    {
        var e = Assert.Throws<BpfException>(static () => Objects.Load("programs_unknown_section.bpf.o", ObjectOptions.None).Dispose());
        Assert.Equal(
            (BpfFailure.Object, "programs_unknown_section.bpf.o: program 'on_read' (kprob/vfs_read): libbpf knows no section of this name, so it can't tell the program's type; see the list of sections in libbpf's documentation"),
            (e.Failure, e.Message));
    }

    [Fact]
    public void An_object_of_which_this_kernel_can_run_nothing_is_unsupported()
    {
        IReadOnlyList<(string, uint)> before = KernelIds.OwnedBy(Environment.ProcessId);
        string only = OpenedPrograms("missing_tracepoint.bpf.o").Single();
        BpfException e = Objects.Refused("missing_tracepoint.bpf.o", Objects.Options((only, Optional)));
        Assert.Equal(BpfFailure.Unsupported, e.Failure);
        Assert.StartsWith("missing_tracepoint.bpf.o: nothing of it can run here, though each is optional: missing_tracepoint.bpf.o: program '", e.Message, StringComparison.Ordinal);
        // When it is attached.
        BpfException late = Objects.Refused("programs_uprobe.bpf.o", Objects.Options(
            ("on_call", new ProgramOptions { IsOptional = true, Attachment = new UprobeAttachment { Binary = "/none", Symbol = "f" } }),
            ("on_return", new ProgramOptions { IsOptional = true, Attachment = new UprobeAttachment { Binary = "/none", Symbol = "f" } })));
        Assert.Equal(BpfFailure.Missing, late.Failure);
        Assert.Equal(before, KernelIds.OwnedBy(Environment.ProcessId));
    }

    private static string[] OpenedPrograms(string fixture)
    {
        using OpenBpfObject opened = OpenBpfObject.Open(fixture, Support.Fixture.Read(fixture));
        return [.. opened.Programs.Select(static program => program.Name)];
    }

    /// <summary>The last of those that do the same says what became of the others.</summary>
    [Fact]
    public void Where_no_stand_in_can_run_either_the_message_names_them_all()
    {
        Assert.SkipWhen(HasTrampolines() || Directory.Exists("/sys/bus/event_source/devices/kprobe"), "this kernel has one of the two");
        BpfException e = Objects.Refused(Fixture, Objects.Options(("by_kprobe", new ProgramOptions { InsteadOf = "by_fentry" })));
        Assert.Equal(BpfFailure.Unsupported, e.Failure);
        Assert.Matches(@"^programs_fallback\.bpf\.o: program 'by_kprobe' \(kprobe/.*; it stands in for what failed as well: programs_fallback\.bpf\.o: program 'by_fentry' \(fentry/", e.Message);
        using LoadedBpfObject loaded = Objects.Run(Fixture, Objects.Options(("by_kprobe", new ProgramOptions { InsteadOf = "by_fentry", IsOptional = true })));
        Assert.Equal(["by_fentry", "by_question_mark"], loaded.Unsupported.Select(static one => one.Program));
        Assert.Contains("; nor can its stand-in: ", loaded.Unsupported[0].Reason, StringComparison.Ordinal);
    }

    private static bool HasTrampolines() => Record.Exception(() => Versions.Load("fentry.bpf.o").Dispose()) is null;
}
