using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Tests.Support;

/// <summary>Runs a raw_tp program once, on a CPU of one's choice, with arguments of one's own: BPF_PROG_TEST_RUN.</summary>
internal static unsafe class ProgramRun
{
    private const uint OnCpu = 1; // BPF_F_TEST_RUN_ON_CPU

    public static void Observe(BpfProgramHandle program, ulong value, ulong key, ulong junk = 0, int cpu = 0)
    {
        ulong* arguments = stackalloc ulong[] { value, key, junk };
        var options = new LibBpf.TestRunOptions
        {
            Size = (nuint)sizeof(LibBpf.TestRunOptions),
            ContextIn = (byte*)arguments,
            ContextSizeIn = 3 * sizeof(ulong),
            Flags = OnCpu,
            Cpu = (uint)cpu,
        };
        int result = LibBpf.ProgramTestRun(program, &options);
        Assert.True(result == 0, $"BPF_PROG_TEST_RUN on CPU {cpu}: {Errno.Describe(-result)}");
    }
}
