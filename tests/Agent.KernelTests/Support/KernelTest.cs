using EbpfAgent.Bpf;

[assembly: CollectionBehavior(CollectionBehavior.CollectionPerAssembly, DisableTestParallelization = true)]

namespace EbpfAgent.Tests.Support;

/// <summary>
/// The base of every test here: they load programs into the running kernel, so they need its rights and run one after the other.
/// </summary>
public abstract class KernelTest
{
    // In CI a skipped kernel test is a test that nobody runs.
    private const string Demand = "DEMAND_KERNEL_TESTS";

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected KernelTest()
    {
        var kernel = KernelFacts.Read();
        string? missing = !kernel.MayTrace ? "needs root, or CAP_BPF and CAP_PERFMON: sudo dotnet test tests/Agent.KernelTests"
            : !kernel.HasBtf ? $"needs a kernel with BTF, and {kernel.Release} has no /sys/kernel/btf/vmlinux"
            : null;
        if (missing is null) return;
        if (Environment.GetEnvironmentVariable(Demand) == "1") Assert.Fail($"{missing} ({Demand}=1 forbids to skip)");
        Assert.Skip(missing);
    }
}
