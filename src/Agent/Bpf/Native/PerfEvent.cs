using System.Runtime.InteropServices;

namespace EbpfAgent.Bpf.Native;

/// <summary>perf_event_open(2), which glibc has no function for.</summary>
internal static unsafe partial class PerfEvent
{
    public const string MaxRateFile = "/proc/sys/kernel/perf_event_max_sample_rate";
    public const uint Software = 1; // PERF_TYPE_SOFTWARE

    private const int AnyProcess = -1;
    private const int NoGroup = -1;
    private const ulong CloseOnExec = 8; // PERF_FLAG_FD_CLOEXEC
    private const ulong IsDisabled = 1, IsFrequency = 1 << 10; // bits of perf_event_attr
    private const nuint SetProgram = 0x40042408, Enable = 0x2400; // PERF_EVENT_IOC_SET_BPF, PERF_EVENT_IOC_ENABLE

    /// <summary>Opens an event on a CPU, for all processes, not counting yet; a descriptor, or -1 with errno.</summary>
    public static int Open(uint type, ulong config, ulong often, bool isFrequency, int cpu)
    {
        var attributes = new Attributes
        {
            Type = type,
            Size = (uint)sizeof(Attributes),
            Config = config,
            Often = often,
            Flags = IsDisabled | (isFrequency ? IsFrequency : 0),
        };
        long number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 241 : 298; // perf_event_open
        return (int)SystemCall(number, &attributes, AnyProcess, cpu, NoGroup, CloseOnExec);
    }

    /// <summary>Runs a program at each overflow of the event, and lets it count; 0, or -1 with errno.</summary>
    public static int Start(PerfEventHandle opened, BpfProgramHandle program) =>
        Control(opened, SetProgram, program.Number) < 0 ? -1 : Control(opened, Enable, 0);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, Attributes* attributes, long process, long cpu, long group, ulong flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(PerfEventHandle opened, nuint request, nint argument);

    /// <summary>struct perf_event_attr, its first version.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Attributes
    {
        public uint Type;
        public uint Size;
        public ulong Config;
        public ulong Often;
        public ulong SampleType;
        public ulong ReadFormat;
        public ulong Flags;
        public uint WakeUp;
        public uint BreakpointType;
        public ulong BreakpointAddress;
    }
}
