using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Benchmarks;

/// <summary>What one observation costs in the kernel, net of an empty program, against a bare increment of the same map.</summary>
internal static class ObserveBench
{
    private const int Repeats = 1_000_000;
    private const int Runs = 9;

    public static void Run()
    {
        KernelFacts kernel = KernelFacts.Read();
        using LoadedBpfObject loaded = OpenBpfObject.Open("bpf_observe_bench.bpf.o", Resource.Read("bpf_observe_bench.bpf.o")).Load(kernel);
        Dictionary<string, double> best = loaded.Programs.ToDictionary(static program => program.Name, static _ => double.PositiveInfinity);
        // In turn, so that a slow moment of the machine hits all alike.
        for (int run = 0; run < Runs; run++)
        {
            foreach (LoadedBpfProgram program in loaded.Programs) best[program.Name] = Math.Min(best[program.Name], NanosecondsPerRun(program));
        }

        double bare = best["bare_per_series"] - best["empty"];
        Report.Figure("floor_observe", bare, "ns");
        foreach (string name in (string[])["observe_log2", "observe_seconds"])
        {
            Report.Figure(name, best[name] - best["empty"], "ns");
            Report.Figure($"ratio_{name}", (best[name] - best["empty"]) / bare, "x");
        }
    }

    private static unsafe double NanosecondsPerRun(LoadedBpfProgram program)
    {
        byte* packet = stackalloc byte[64];
        var options = new LibBpf.TestRunOptions
        {
            Size = (nuint)sizeof(LibBpf.TestRunOptions),
            DataIn = packet,
            DataSizeIn = 64,
            Repeat = Repeats,
        };
        int result = LibBpf.ProgramTestRun(program.Handle, &options);
        return result == 0 ? options.Duration : throw BpfException.Of($"can't run '{program.Name}'", result);
    }
}
