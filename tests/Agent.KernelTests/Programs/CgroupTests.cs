using System.Diagnostics;
using EbpfAgent.Abstractions;
using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Attaching;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Programs;

/// <summary>Programs of control groups: the packets of a group's own processes, and of nobody else.</summary>
public sealed class CgroupTests : KernelTest, IDisposable
{
    private const string Fixture = "programs_cgroup.bpf.o";

    private readonly string _name = $"ebpf_agent_tests_{Environment.ProcessId}";
    private readonly string? _root = CgroupRoot.Find(File.ReadLines(CgroupRoot.Mounts));

    public CgroupTests()
    {
        Assert.SkipWhen(_root is null, "control groups of version 2 are not mounted");
        Directory.CreateDirectory(Folder);
    }

    public void Dispose() => Directory.Delete(Folder);

    private string Folder => Path.Combine(_root!, _name);

    [Fact]
    public void Packets_of_the_group_are_counted_and_no_others()
    {
        using LoadedBpfObject loaded = Objects.Run(Fixture, At(_name));
        Send(40, inGroup: true);
        Send(15, inGroup: false);
        Assert.Equal(40, loaded.Count(0));
        Assert.Empty(loaded.Unswitched);
        loaded.Detach();
        Send(3, inGroup: true);
        Assert.Equal(40, loaded.Count(0));
    }

    [Fact]
    public void A_later_version_goes_on()
    {
        LoadedBpfObject running = Objects.Run(Fixture, At(_name));
        try
        {
            Send(5, inGroup: true);
            running = Objects.Succeed(running, Fixture, At("/" + _name));
            running = Objects.Succeed(running, Fixture, At("/" + _name));
            Send(6, inGroup: true);
            Assert.Equal(11, running.Count(0));
        }
        finally
        {
            running.Dispose();
        }
    }

    [Fact]
    public void A_group_that_is_not_there_is_missing()
    {
        BpfException e = Objects.Refused(Fixture, At("no/such/group"));
        Assert.Equal((BpfFailure.Missing, $"programs_cgroup.bpf.o: program 'on_packet' (cgroup_skb/egress) has nothing to attach to: there is no control group 'no/such/group' below {_root}"), (e.Failure, e.Message));
    }

    [Fact]
    public void A_path_does_not_lead_out_of_the_groups()
    {
        BpfException e = Objects.Refused(Fixture, At("../../../tmp"));
        Assert.Equal(BpfFailure.Object, e.Failure);
        Assert.EndsWith("'../../../tmp' leads out of the control groups; name a group by its path below their root", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_group_it_asks_for_one()
    {
        BpfException e = Objects.Refused(Fixture, ObjectOptions.None);
        Assert.Contains("say which control group, for 'on_packet' under \"programs\"", e.Message, StringComparison.Ordinal);
    }

    // A socket belongs to the group of the process that opened it: bash opens one for each packet.
    private void Send(int packets, bool inGroup)
    {
        string enter = inGroup ? $"echo $$ > {Folder}/cgroup.procs; " : "";
        using Process shell = Process.Start("bash", ["-c", $"{enter}for ((i = 0; i < {packets}; i++)); do echo x > /dev/udp/127.0.0.1/4242; done"]);
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }

    private static ObjectOptions At(string group) => Objects.At(("on_packet", new CgroupAttachment { Path = group }));
}
