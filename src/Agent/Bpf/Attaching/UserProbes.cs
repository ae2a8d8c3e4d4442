using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf.Attaching;

/// <summary>What uprobes and USDT probes have in common.</summary>
internal static class UserProbes
{
    /// <summary>For libbpf: all processes.</summary>
    public const int AnyProcess = -1;

    // The kernel's own list of event sources has it wherever it can do this.
    private const string Source = "/sys/bus/event_source/devices/uprobe";

    /// <exception cref="BpfException">This kernel has no uprobes, or the process is none.</exception>
    public static void Demand(AttachContext context, int? process)
    {
        if (process is <= 0) throw BpfException.With(BpfFailure.Object, $"{context.Subject}: {process} is no process; name one by its number, or leave it out for all");
        if (!Directory.Exists(Source) && Directory.Exists(Path.GetDirectoryName(Source)))
            throw AttachContext.Unsupported($"{context.Subject}: kernel {context.Kernel.Release} has no uprobes (there is no {Source}); use a kernel built with CONFIG_UPROBE_EVENTS, 4.17 or newer");
    }

    /// <summary>The cause in libbpf's words, which are all there is for what it reads in user space.</summary>
    public static string Said(string[] said, int errno) => said.Length == 0 ? Errno.Describe(errno) : said[0];
}
