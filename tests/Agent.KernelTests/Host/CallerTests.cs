using EbpfAgent.Abstractions;
using EbpfAgent.Host;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Host;

/// <summary>The numbers that BPF programs have of their callers, held against what the test knows of itself.</summary>
public sealed class CallerTests : HostTest
{
    [Fact]
    public void Addresses_on_the_stacks_of_a_system_call_have_the_names_of_what_led_to_it()
    {
        using PolledPlugin plugin = Load(TestMetric.Of<FrameKey>("frames"));
        LinuxThread.RoundRobinInterval();
        ILookup<string, ulong> frames = plugin.Poll().Samples.Where(static sample => sample.Name == "frames_count" && sample.Labels["process"] == $"{Environment.ProcessId}")
            .ToLookup(static sample => sample.Labels["is_user"], static sample => ulong.Parse(sample.Labels["address"]));

        Assert.Equal(["sched_rr_get_interval"], frames["1"].Select(address => Machine.UserSymbol((uint)Environment.ProcessId, address)));
        string?[] names = [.. frames["0"].Select(Machine.KernelSymbol)];
        // The way into the kernel on x86-64, or on arm64; above it what runs the program, which is itself a symbol.
        Assert.Contains(names, static name => name is "do_syscall_64" or "el0_svc");
        Assert.All(names, Assert.NotNull);
    }

    [Fact]
    public void The_id_of_a_callers_control_group_has_its_path()
    {
        string? place = ControlGroupMount.Find(File.ReadLines("/proc/self/mountinfo"))?.Point;
        Assert.SkipUnless(place is not null, "control groups of version 2 are not mounted");
        string group = $"{place}/ebpf-agent-caller-test";
        Directory.CreateDirectory(group);
        try
        {
            using PolledPlugin plugin = Load(TestMetric.Of<GroupKey>("starts"));
            Shell.Run("sh", "-c", $"echo $$ > {group}/cgroup.procs && exec true");
            Scrape scrape = plugin.Poll();
            ulong id = Machine.CgroupPaths().Single(static pair => pair.Value == "/ebpf-agent-caller-test").Key;

            Assert.Equal("/ebpf-agent-caller-test", Machine.CgroupPath(id));
            // The shell was started in the group of the tests.
            Assert.Equal(1UL, scrape.Count("starts", ("id", $"{id}")));
        }
        finally
        {
            Directory.Delete(group);
        }
    }

    private static PolledPlugin Load(Metric metric) => new(new TestPlugin("callers.bpf.o", metric));

    private readonly struct FrameKey : IHistogramKey
    {
        public ulong Address { get; }

        public uint Process { get; }

        public uint IsUser { get; }

        public static IReadOnlyList<string> LabelNames => ["address", "process", "is_user"];

        public IReadOnlyList<string> GetLabelValues(IHostLookup host) => [$"{Address}", $"{Process}", $"{IsUser}"];
    }

    private readonly struct GroupKey : IHistogramKey
    {
        public ulong Id { get; }

        public static IReadOnlyList<string> LabelNames => ["id"];

        public IReadOnlyList<string> GetLabelValues(IHostLookup host) => [$"{Id}"];
    }
}
