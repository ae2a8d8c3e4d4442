using System.Runtime.InteropServices;
using EbpfAgent.Abstractions;
using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Attaching;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Tests.HandOver;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Programs;

/// <summary>Perf events on every CPU that is on.</summary>
public sealed unsafe partial class PerfEventTests : KernelTest, IDisposable
{
    private const string Fixture = "programs_perf_event.bpf.o";
    private const uint Hardware = 0, Software = 1;
    private const ulong CpuClock = 0, PageFaults = 2;
    private const int Pages = 1000;
    private const int NoHugePages = 15; // MADV_NOHUGEPAGE

    private readonly string _cpus = Path.GetTempFileName();

    public void Dispose() => File.Delete(_cpus);

    /// <summary>Each page that is touched for the first time is one fault, and the period is one: exact, whichever CPU it is on.</summary>
    [Fact]
    public void With_a_period_of_one_each_event_is_counted()
    {
        byte* memory = LibC.MapMemory(Pages * 4096);
        Assert.Equal(0, Advise(memory, Pages * 4096, NoHugePages));
        using LoadedBpfObject loaded = Objects.Run(Fixture, At(new PerfEventAttachment { Type = Software, Config = PageFaults, Period = 1 }, memory));
        Thread[] threads = [.. Enumerable.Range(0, Math.Min(2, PossibleCpus.Count)).Select(cpu => LinuxThread.StartOn(cpu, () => Touch((nint)memory, cpu * Pages / 2)))];
        foreach (Thread thread in threads) thread.Join();
        Assert.Equal(Pages / 2 * threads.Length, loaded.Count(1));
        Assert.Empty(loaded.Unswitched);
        Assert.Equal(0, LibC.UnmapMemory(memory, Pages * 4096));
    }

    /// <summary>
    /// On a CPU that computes for a second, a frequency of 100 is 100 runs, give or take what the kernel's adjusting of the rate and a host that is busy take. Idle CPUs' clocks tick as well.
    /// </summary>
    [Fact]
    public void A_frequency_is_about_so_many_runs_a_second()
    {
        using LoadedBpfObject loaded = Objects.Run(Fixture, At(new PerfEventAttachment { Type = Software, Config = CpuClock, Frequency = 100 }));
        long started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(1)) Thread.SpinWait(1000);
        Assert.InRange(loaded.Count(0), 30, 1000L * PossibleCpus.Count);
    }

    [Fact]
    public void No_event_is_lost_or_doubled_while_versions_follow_each_other()
    {
        byte* memory = LibC.MapMemory(Pages * 4096);
        Assert.Equal(0, Advise(memory, Pages * 4096, NoHugePages));
        ObjectOptions options = At(new PerfEventAttachment { Type = Software, Config = PageFaults, Period = 1 }, memory);
        LoadedBpfObject running = Objects.Run(Fixture, options);
        try
        {
            Thread touching = LinuxThread.StartOn(0, () => Touch((nint)memory, 0, Pages));
            for (int done = 0; done < 5; done++) running = Objects.Succeed(running, Fixture, options);
            touching.Join();
            Assert.Equal(Pages, running.Count(1));
        }
        finally
        {
            running.Dispose();
        }
    }

    [Fact]
    public void Hardware_events_are_unsupported_where_the_machine_has_none()
    {
        ObjectOptions options = At(new PerfEventAttachment { Type = Hardware, Config = 0, Period = 1_000_000 });
        Exception? refused = Record.Exception(() => Objects.Run(Fixture, options).Dispose());
        Assert.SkipWhen(refused is null, "this machine has hardware events");
        var e = Assert.IsType<BpfException>(refused);
        Assert.Equal(BpfFailure.Unsupported, e.Failure);
        Assert.StartsWith("programs_perf_event.bpf.o: program 'on_event' (perf_event) has nothing to attach to: this machine has no perf event of type 0 with config 0x0 on CPU 0 (", e.Message, StringComparison.Ordinal);
        Assert.EndsWith("virtual machines often have no hardware events; a software event (type 1) is there always", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_frequency_above_what_the_kernel_takes_names_its_limit()
    {
        BpfException e = Objects.Refused(Fixture, At(new PerfEventAttachment { Type = Software, Config = CpuClock, Frequency = 1_000_000_000 }));
        Assert.Equal(
            (BpfFailure.Other, "programs_perf_event.bpf.o: program 'on_event' (perf_event) could not be attached to its perf event on CPU 0: invalid argument (EINVAL); a frequency goes up to what /proc/sys/kernel/perf_event_max_sample_rate says, and this is 1000000000"),
            (e.Failure, e.Message));
    }

    [Fact]
    public void Neither_a_period_nor_a_frequency_is_the_plugins_fault()
    {
        BpfException e = Objects.Refused(Fixture, At(new PerfEventAttachment { Type = Software, Config = CpuClock }));
        Assert.Equal(
            (BpfFailure.Object, "programs_perf_event.bpf.o: program 'on_event' (perf_event) needs either a period or a frequency of its perf event; give one of the two, above 0"), (e.Failure, e.Message));
    }

    /// <summary>This machine's CPUs can't be switched off, so its list of them is a file of the test's.</summary>
    [Fact]
    public void A_CPU_that_comes_on_later_gets_its_event_and_one_that_goes_off_loses_it()
    {
        Assert.SkipWhen(PossibleCpus.Count < 2, "needs two CPUs");
        byte* memory = LibC.MapMemory(Pages * 4096);
        Assert.Equal(0, Advise(memory, Pages * 4096, NoHugePages));
        var attachment = new PerfEventAttachment { Type = Software, Config = PageFaults, Period = 1 };
        using LoadedBpfObject loaded = Objects.Load(Fixture, At(attachment, memory));
        LoadedBpfProgram program = loaded.Programs[0];
        var attached = new AttachedProgram("perf_event", program.Name, program.Handle, new SectionTarget(), null, program);
        Online("0");
        int before = KernelIds.Descriptors();
        using var places = new PlaceSet(new PerfEventPlaces(attachment, new CpuPlaces(_cpus)), new AttachContext(Fixture, attached, Versions.Kernel), program.Handle);
        Assert.Equal(["CPU 0"], places.Held.Select(static place => place.Name));
        LinuxThread.StartOn(1, () => Touch((nint)memory, 0, 100)).Join();
        Assert.Equal(0, loaded.Count(1));
        Online("0-1");
        Maintain(places);
        Assert.Equal(before + 2, KernelIds.Descriptors());
        LinuxThread.StartOn(1, () => Touch((nint)memory, 100, 100)).Join();
        LinuxThread.StartOn(0, () => Touch((nint)memory, 200, 100)).Join();
        Assert.Equal(200, loaded.Count(1));
        Online("1");
        Maintain(places);
        Assert.Equal(before + 1, KernelIds.Descriptors());
        LinuxThread.StartOn(0, () => Touch((nint)memory, 300, 100)).Join();
        Assert.Equal(200, loaded.Count(1));
    }

    private static void Maintain(PlaceSet places)
    {
        places.LetGo();
        places.Reach();
        Assert.Empty(places.Pending);
    }

    private void Online(string list) => File.WriteAllText(_cpus, list + "\n");

    private static ObjectOptions At(PerfEventAttachment attachment, byte* memory = null) => Objects.At(("on_event", attachment))
        .With(("process", Environment.ProcessId), ("first_address", (ulong)memory), ("last_address", (ulong)(memory + (Pages * 4096) - 1)));

    private static void Touch(nint memory, int first, int count = Pages / 2)
    {
        for (int page = first; page < first + count; page++) ((byte*)memory)[page * 4096] = 1;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(byte* address, nuint length, int advice);
}
