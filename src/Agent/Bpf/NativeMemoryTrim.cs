using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf;

/// <summary>Gives back what a load has freed: libbpf reads all of the kernel's types for it, megabytes that malloc would keep for each thread that has ever loaded.</summary>
internal static class NativeMemoryTrim
{
    public static void AfterLoad()
    {
        try
        {
            _ = LibC.TrimMemory(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Not glibc.
        }
    }
}
