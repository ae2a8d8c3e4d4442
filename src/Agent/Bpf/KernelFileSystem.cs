using System.Runtime.InteropServices;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf;

/// <summary>File systems that are windows into the kernel. They are everywhere built in, and not everywhere mounted.</summary>
internal static class KernelFileSystem
{
    /// <summary>Mounts one at its usual place.</summary>
    /// <param name="need">What for, with a verb, for the message: "program 'x' needs".</param>
    /// <param name="name">Its name in messages, which is also its source in the table of mounts.</param>
    /// <param name="type">Its type, as mount(8) takes it.</param>
    /// <param name="place">The folder, which the kernel provides.</param>
    /// <exception cref="BpfException">It can't be mounted.</exception>
    public static void Mount(string need, string name, string type, string place)
    {
        // Without a mode, bpffs is anybody's to write.
        if (LibC.Mount(name, place, type, 0, "mode=0700") == 0) return;
        throw BpfException.Of(
            $"{need} {name}, which can't be mounted at {place}",
            Marshal.GetLastPInvokeError(),
            BpfFailure.Permission,
            $"mount it: mount -t {type} -o mode=0700 {name} {place}");
    }
}
