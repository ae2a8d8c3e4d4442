using EbpfAgent.Abstractions;
using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Tests.HandOver;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Programs;

/// <summary>XDP and traffic control: each packet is counted once, wherever interfaces come from and go to, and nothing is left of it.</summary>
public sealed class NetworkTests : KernelTest
{
    private const uint Xdp = 0, Ingress = 4, Egress = 8; // where programs_network.h counts
    private const string First = "programs_network_1.bpf.o", Second = "programs_network_2.bpf.o";

    [Fact]
    public void Each_packet_is_counted_once_at_each_place() => Network.Run(static () =>
    {
        using (LoadedBpfObject loaded = Objects.Run(First, On("lo")))
        {
            Network.Send(1000);
            Assert.Equal([1000, 1000, 1000], Counts(loaded));
            Assert.Empty(loaded.Unswitched);
            Assert.Empty(loaded.Pending);
            Assert.Contains("agent_switch", Network.Tc("filter", "show", "dev", "lo", "ingress"), StringComparison.Ordinal);
            loaded.Detach();
            Network.Send(10);
            Assert.Equal([1000, 1000, 1000], Counts(loaded));
        }

        Assert.Equal("", Network.Tc("filter", "show", "dev", "lo", "ingress"));
        Assert.DoesNotContain("clsact", Network.Tc("qdisc", "show", "dev", "lo"), StringComparison.Ordinal);
        Assert.DoesNotContain("xdp", Network.Ip("link", "show", "lo"), StringComparison.Ordinal);
    });

    [Fact]
    public void No_packet_is_lost_or_doubled_while_versions_follow_each_other() => Network.Run(static () =>
    {
        LoadedBpfObject running = Objects.Run(First, On("lo"));
        try
        {
            for (int done = 0; done < 10; done++)
            {
                Network.Send(50);
                running = Objects.Succeed(running, done % 2 == 0 ? Second : First, On("lo"));
                Network.Send(50);
            }

            // Both versions' counts are in the map that they share.
            Assert.Equal([500, 500, 500], Counts(running, 1));
            Assert.Equal([500, 500, 500], Counts(running, 2));
            Assert.Empty(running.Pending);
        }
        finally
        {
            running.Dispose();
        }

        Assert.DoesNotContain("clsact", Network.Tc("qdisc", "show", "dev", "lo"), StringComparison.Ordinal);
    });

    [Fact]
    public void An_interface_is_attached_to_when_it_comes_and_when_it_comes_back() => Network.Run(static () =>
    {
        using LoadedBpfObject loaded = Objects.Run(First, Objects.At(
            ("on_xdp", new XdpAttachment { Interfaces = ["pair0p"] }),
            ("on_ingress", new TrafficControlAttachment { Interfaces = ["pair0p"] }),
            ("on_egress", new TrafficControlAttachment { Interfaces = ["pair0"], IsEgress = true })));
        Assert.Equal(
            [
                "programs_network_1.bpf.o: program 'on_xdp' (xdp) waits for interface 'pair0p', which is not there",
                "programs_network_1.bpf.o: program 'on_ingress' (tc) waits for interface 'pair0p', which is not there",
                "programs_network_1.bpf.o: program 'on_egress' (tc) waits for interface 'pair0', which is not there",
            ],
            loaded.Pending);
        IReadOnlyList<string> waiting = loaded.Pending;
        loaded.Maintain();
        Assert.Same(waiting, loaded.Pending);
        for (int times = 1; times <= 3; times++)
        {
            Network.MakePair("pair0");
            loaded.Maintain();
            Assert.Empty(loaded.Pending);
            Network.Send(20, "10.9.8.2");
            Assert.Equal(20 * times, loaded.Count(Egress + 1));
            // veth delivers a moment later, on the same CPU.
            Assert.True(SpinWait.SpinUntil(() => loaded.Count(Ingress + 1) == 20 * times && loaded.Count(Xdp + 1) == 20 * times, TimeSpan.FromSeconds(5)));
            Network.Ip("link", "del", "pair0");
            loaded.Maintain();
            Assert.Equal(3, loaded.Pending.Count);
        }
    });

    [Fact]
    public void A_version_that_names_other_interfaces_lets_go_of_the_ones_and_attaches_to_the_others() => Network.Run(static () =>
    {
        LoadedBpfObject running = Objects.Run(First, On("lo"));
        try
        {
            Network.MakePair("pair1");
            Network.Send(10);
            running = Objects.Succeed(running, Second, On("lo", "pair1"));
            Network.Send(10);
            Network.Send(5, "10.9.8.2");
            Assert.Equal([10, 10, 15], Counts(running, 2));
            running = Objects.Succeed(running, First, On("pair1"));
            Network.Send(100);
            Network.Send(7, "10.9.8.2");
            Assert.Equal([10, 10, 17], Counts(running, 1));
            Assert.DoesNotContain("clsact", Network.Tc("qdisc", "show", "dev", "lo"), StringComparison.Ordinal);
        }
        finally
        {
            running.Dispose();
        }
    });

    [Fact]
    public void Another_way_of_attaching_follows_the_one_before_though_an_interface_takes_one_program() => Network.Run(static () =>
    {
        Network.MakePair("pair2");
        LoadedBpfObject running = Objects.Run(First, XdpOn(false, "pair2p"));
        try
        {
            running = Objects.Succeed(running, Second, XdpOn(true, "pair2p"));
            Assert.Contains("xdpgeneric", Network.Ip("link", "show", "pair2p"), StringComparison.Ordinal);
            Network.Send(30, "10.9.8.2");
            Assert.True(SpinWait.SpinUntil(() => running.Count(Xdp + 2) == 30, TimeSpan.FromSeconds(5)));
        }
        finally
        {
            running.Dispose();
        }
    });

    [Fact]
    public void A_version_without_a_program_lets_go_of_its_places() => Network.Run(static () =>
    {
        LoadedBpfObject running = Objects.Run(First, On("lo"));
        try
        {
            running = Objects.Succeed(running, Second, TcOn("lo"));
            Network.Send(9);
            Assert.Equal([0, 9, 9], Counts(running, 2));
            Assert.DoesNotContain("xdp", Network.Ip("link", "show", "lo"), StringComparison.Ordinal);
        }
        finally
        {
            running.Dispose();
        }
    });

    [Fact]
    public void A_place_that_somebody_else_has_is_left_to_them() => Network.Run(static () =>
    {
        using LoadedBpfObject first = Objects.Run(First, XdpOn(false, "lo"));
        BpfException e = Objects.Refused(Second, XdpOn(false, "lo"));
        Assert.StartsWith(
            "programs_network_2.bpf.o: program 'on_xdp' (xdp) could not be attached to interface 'lo': another XDP program is there (", e.Message, StringComparison.Ordinal);
        Network.Send(3);
        Assert.Equal(3, first.Count(Xdp + 1));
    });

    [Fact]
    public void Filters_and_a_qdisc_of_others_stay() => Network.Run(static () =>
    {
        Network.Tc("qdisc", "add", "dev", "lo", "clsact");
        Network.Tc("filter", "add", "dev", "lo", "ingress", "prio", "7", "protocol", "ip", "u32", "match", "u32", "0", "0");
        string before = Network.Tc("filter", "show", "dev", "lo", "ingress");
        using (LoadedBpfObject loaded = Objects.Run(First, On("lo")))
        {
            Network.Send(4);
            Assert.Equal([4, 4, 4], Counts(loaded));
        }

        Assert.Equal(before, Network.Tc("filter", "show", "dev", "lo", "ingress"));
        Assert.Contains("clsact", Network.Tc("qdisc", "show", "dev", "lo"), StringComparison.Ordinal);
    });

    /// <summary>Two objects share what one of them has made; the last one takes it away.</summary>
    [Fact]
    public void The_qdisc_goes_with_the_last_filter() => Network.Run(static () =>
    {
        LoadedBpfObject first = Objects.Run(First, TcOn("lo"));
        using (LoadedBpfObject second = Objects.Run(Second, TcOn("lo")))
        {
            first.Dispose();
            Network.Send(6);
            Assert.Equal([0, 6, 6], Counts(second, 2));
            Assert.Contains("clsact", Network.Tc("qdisc", "show", "dev", "lo"), StringComparison.Ordinal);
        }

        Assert.DoesNotContain("clsact", Network.Tc("qdisc", "show", "dev", "lo"), StringComparison.Ordinal);
    });

    [Fact]
    public void A_filter_that_was_removed_comes_back() => Network.Run(static () =>
    {
        using LoadedBpfObject loaded = Objects.Run(First, TcOn("lo"));
        Network.Tc("qdisc", "del", "dev", "lo", "clsact");
        Network.Send(5);
        loaded.Maintain();
        Network.Send(8);
        Assert.Equal([0, 8, 8], Counts(loaded));
    });

    /// <summary>An agent that is killed can't detach its filters. They count nothing any more, and the next one removes them.</summary>
    [Fact]
    public void What_a_killed_agent_has_left_is_removed_by_the_next() => Network.Run(static () =>
    {
        LeaveFilter();
        Assert.Contains("agent_switch", Network.Tc("filter", "show", "dev", "lo", "egress"), StringComparison.Ordinal);
        Network.Send(5);
        using (LoadedBpfObject loaded = Objects.Run(First, TcOn("lo")))
        {
            Network.Send(9);
            Assert.Equal([0, 9, 9], Counts(loaded));
            Assert.Equal(1, Occurrences("agent_switch:[", Network.Tc("filter", "show", "dev", "lo", "egress")));
        }

        Assert.Equal("", Network.Tc("filter", "show", "dev", "lo", "egress"));
        // It was there before: whose it is can't be known.
        Assert.Contains("clsact", Network.Tc("qdisc", "show", "dev", "lo"), StringComparison.Ordinal);
    });

    [Fact]
    public void Nothing_is_left_in_the_kernel() => Network.Run(static () =>
    {
        IReadOnlyList<(string, uint)> before = KernelIds.OwnedBy(Environment.ProcessId);
        int descriptors = KernelIds.Descriptors();
        HashSet<(string, uint)> seen = [];
        for (int i = 0; i < 5; i++)
        {
            LoadedBpfObject running = Objects.Run(First, On("lo"));
            running = Objects.Succeed(running, Second, On("lo", "absent"));
            seen.UnionWith(KernelIds.OwnedBy(Environment.ProcessId).Except(before));
            running.Dispose();
        }

        Assert.Equal(before, KernelIds.OwnedBy(Environment.ProcessId));
        Assert.Equal(descriptors, KernelIds.Descriptors());
        Assert.True(SpinWait.SpinUntil(() => !seen.Any(KernelIds.Exists), TimeSpan.FromSeconds(5)), string.Join(", ", seen.Where(KernelIds.Exists)));
        Assert.InRange(seen.Count, 30, int.MaxValue);
    });

    // What a kill leaves: the filter stays, and nobody holds the switch.
    private static unsafe void LeaveFilter()
    {
        OpenBpfObject opened = OpenBpfObject.Open(First, Fixture.Read(First), TcOn("lo"));
        BpfProgram declared = opened.Programs.Single(static program => program.Name == "on_egress");
        using LoadedBpfObject loaded = opened.Load(Versions.Kernel);
        using Switch left = Switch.TryMake(declared, loaded.Programs.Single(static program => program.Name == "on_egress").Handle)!;
        Network.Tc("qdisc", "add", "dev", "lo", "clsact");
        var point = new LibBpf.TrafficControlPoint { Size = (nuint)sizeof(LibBpf.TrafficControlPoint), Interface = 1, Side = 2 };
        var options = new LibBpf.TrafficControlOptions { Size = (nuint)sizeof(LibBpf.TrafficControlOptions), Program = left.Dispatcher.Number };
        Assert.Equal(0, LibBpf.TrafficControlAttach(&point, &options));
    }

    private static ObjectOptions On(params string[] interfaces) => Objects.At(
        ("on_xdp", new XdpAttachment { Interfaces = interfaces }),
        ("on_ingress", new TrafficControlAttachment { Interfaces = interfaces }),
        ("on_egress", new TrafficControlAttachment { Interfaces = interfaces, IsEgress = true }));

    private static ObjectOptions TcOn(params string[] interfaces) => Objects.At(
        ("on_xdp", new XdpAttachment { Interfaces = [] }),
        ("on_ingress", new TrafficControlAttachment { Interfaces = interfaces }),
        ("on_egress", new TrafficControlAttachment { Interfaces = interfaces, IsEgress = true, Priority = 3 }));

    private static ObjectOptions XdpOn(bool isGeneric, params string[] interfaces) => Objects.At(
        ("on_xdp", new XdpAttachment { Interfaces = interfaces, IsGeneric = isGeneric }),
        ("on_ingress", new TrafficControlAttachment { Interfaces = [] }),
        ("on_egress", new TrafficControlAttachment { Interfaces = [], IsEgress = true }));

    private static long[] Counts(LoadedBpfObject loaded, uint version = 1) => [loaded.Count(Xdp + version), loaded.Count(Ingress + version), loaded.Count(Egress + version)];

    private static int Occurrences(string what, string text) => text.Split(what).Length - 1;
}
