using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace EbpfAgent.Bpf.Native;

/// <summary>
/// What libbpf prints, caught per thread. libbpf's print callback is process-wide and says nothing of whose call it
/// belongs to; a load runs on one thread from start to end, so the thread tells.
/// </summary>
internal static unsafe class LibBpfLog
{
    private const int Debug = 2;
    private const int LineRoom = 8192;

    [ThreadStatic]
    private static StringBuilder? _sink;

    static LibBpfLog() => LibBpf.SetPrint(&Print);

    /// <summary>Starts to collect this thread's messages; what other threads print in the meantime is not in it.</summary>
    public static Capture Begin() => new(_sink = new StringBuilder());

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Print(int level, byte* format, nint arguments)
    {
        if (level >= Debug || _sink is null) return 0;
        byte* line = stackalloc byte[LineRoom];
        int length = LibC.FormatVariadic(line, LineRoom, format, arguments);
        if (length > 0) _sink.Append(Encoding.UTF8.GetString(line, Math.Min(length, LineRoom - 1)));
        return length;
    }

    /// <summary>The messages since <see cref="Begin"/>; disposing it ends the collection.</summary>
    internal readonly ref struct Capture(StringBuilder printed)
    {
        /// <summary>The lines, without libbpf's own prefix.</summary>
        public string[] Lines => printed.ToString().Replace("libbpf: ", "", StringComparison.Ordinal)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        public void Dispose()
        {
            if (ReferenceEquals(_sink, printed)) _sink = null;
        }
    }
}
