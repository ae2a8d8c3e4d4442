using EbpfAgent.Bpf;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.HandOver;

/// <summary>A program's account is that of what is attached, and goes on when another takes its place.</summary>
public sealed class StatisticsTests : KernelTest
{
    private const int Calls = 10_000;

    [Theory]
    [InlineData("hand_over_1.bpf.o", "hand_over_2.bpf.o", "on_enter")]
    [InlineData("hand_over_kinds_1.bpf.o", "hand_over_kinds_2.bpf.o", "on_raw_tracepoint")]
    [InlineData("hand_over_kinds_1.bpf.o", "hand_over_kinds_2.bpf.o", "on_tracepoint")]
    [InlineData("hand_over_kinds_1.bpf.o", "hand_over_kinds_2.bpf.o", "on_uprobe")]
    [InlineData("hand_over_sleepable_1.bpf.o", "hand_over_sleepable_2.bpf.o", "on_sleepable")]
    public void Runs_are_counted_over_a_take_over(string before, string after, string program)
    {
        using var statistics = RunTimeStatistics.Enable();
        using LoadedBpfObject first = Versions.Run(before);
        for (int i = 0; i < Calls; i++) LinuxThread.RoundRobinInterval();
        ProgramStatistics one = Read(first, program);
        Assert.InRange(one.Runs, (ulong)Calls, ulong.MaxValue);
        Assert.True(one.RunTime > TimeSpan.Zero);
        using LoadedBpfObject second = Versions.Succeed((IPredecessor)first, after);
        ProgramStatistics two = Read(second, program);
        Assert.InRange(two.Runs, one.Runs, one.Runs + (10 * Calls));
        first.Dispose();
        for (int i = 0; i < Calls; i++) LinuxThread.RoundRobinInterval();
        ProgramStatistics three = Read(second, program);
        Assert.InRange(three.Runs, two.Runs + Calls, ulong.MaxValue);
        Assert.True(three.RunTime > two.RunTime);
        Assert.True(three.RecursionMisses >= one.RecursionMisses);
        Assert.Null(first.Programs[0].ReadStatistics());
    }

    [Fact]
    public void What_was_counted_outlasts_the_end_and_can_be_gone_on_from()
    {
        using var statistics = RunTimeStatistics.Enable();
        using LoadedBpfObject first = Versions.Run("hand_over_1.bpf.o");
        for (int i = 0; i < Calls; i++) LinuxThread.RoundRobinInterval();
        ProgramStatistics running = Read(first, "on_enter");
        first.Detach();
        ProgramStatistics ended = Read(first, "on_enter");
        Assert.InRange(ended.Runs, running.Runs, running.Runs + (10 * Calls));
        Assert.Equal(ended, Read(first, "on_enter"));
        using LoadedBpfObject second = Versions.Run("hand_over_1.bpf.o");
        second.Programs.Single(static one => one.Name == "on_enter").GoOnFrom(ended);
        for (int i = 0; i < Calls; i++) LinuxThread.RoundRobinInterval();
        Assert.InRange(Read(second, "on_enter").Runs, ended.Runs + Calls, ulong.MaxValue);
    }

    private static ProgramStatistics Read(LoadedBpfObject from, string program) => from.Programs.Single(one => one.Name == program).ReadStatistics()!.Value;
}
