using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf;

/// <summary>
/// The number of CPUs that a per-CPU map has a value for: all that could ever be plugged in, not those that are on, and not those
/// that this process may use.
/// </summary>
/// <remarks>Source: <c>/sys/devices/system/cpu/possible</c>, by way of libbpf. It can't change while the kernel runs.</remarks>
internal static class PossibleCpus
{
    private static readonly Lazy<int> Number = new(Read);

    public static int Count => Number.Value;

    private static int Read()
    {
        int count = LibBpf.NumPossibleCpus();
        return count > 0 ? count : throw BpfException.Of("can't read the number of possible CPUs from /sys/devices/system/cpu/possible", count);
    }
}
