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
        (string? Kernel, string? User)[] names = [.. plugin.Poll().Samples.Where(static sample => sample.Name == "frames_count" && sample.Labels["process"] == $"{Environment.ProcessId}")
            .Select(sample => (Address: ulong.Parse(sample.Labels["address"]), IsUser: sample.Labels["is_user"] == "1"))
            .Select(frame => frame.IsUser ? (null, Machine.UserSymbol((uint)Environment.ProcessId, frame.Address)) : (Machine.KernelSymbol(frame.Address), (string?)null))];

        Assert.Equal(["sched_rr_get_interval"], names.Select(static name => name.User).OfType<string>());
        // The way into the kernel on x86-64, or on arm64; above it what runs the program, which is itself a symbol.
        Assert.Contains(names, static name => name.Kernel is "do_syscall_64" or "el0_svc");
        Assert.DoesNotContain(names, static name => name is (null, null));
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
            string[] paths = [.. scrape.Samples.Where(static sample => sample.Name == "starts_count").Select(static sample => ulong.Parse(sample.Labels["id"])).Select(id => Machine.CgroupPath(id)).OfType<string>()];

            Assert.Contains("/ebpf-agent-caller-test", paths);
            ulong id = Machine.CgroupPaths().Single(static pair => pair.Value == "/ebpf-agent-caller-test").Key;
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
