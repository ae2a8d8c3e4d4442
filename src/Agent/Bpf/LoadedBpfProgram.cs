using System.Buffers.Binary;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf;

/// <summary>A program that is in the kernel. Owns its descriptor.</summary>
internal sealed class LoadedBpfProgram(BpfProgram program, BpfProgramHandle handle) : IDisposable
{
    // struct bpf_prog_info of the kernel's uapi: it only ever grows at its end.
    private const int InfoSize = 216;
    private const int RunTimeOffset = 192;
    private const int RunCountOffset = 200;
    private const int RecursionMissesOffset = 208;

    public string Name { get; } = program.Name;

    public BpfProgramHandle Handle { get; } = handle;

    /// <summary>How often and how long it has run; zeros unless the kernel's run-time statistics are on (misses are always counted).</summary>
    /// <returns>Null once the program is unloaded.</returns>
    /// <remarks>Minimum kernel: 5.1 for run time, 5.12 for recursion misses.</remarks>
    public unsafe ProgramStatistics? ReadStatistics()
    {
        Span<byte> info = stackalloc byte[InfoSize];
        info.Clear();
        uint length = InfoSize;
        try
        {
            fixed (byte* bytes = info)
            {
                if (LibBpf.InfoByFd(Handle, bytes, ref length) < 0) return null;
            }
        }
        catch (ObjectDisposedException)
        {
            // A scrape asks while the plugin is being unloaded.
            return null;
        }

        return new ProgramStatistics(
            BinaryPrimitives.ReadUInt64LittleEndian(info[RunCountOffset..]),
            TimeSpan.FromTicks((long)(BinaryPrimitives.ReadUInt64LittleEndian(info[RunTimeOffset..]) / 100)),
            BinaryPrimitives.ReadUInt64LittleEndian(info[RecursionMissesOffset..]));
    }

    public void Dispose() => Handle.Dispose();
}

/// <summary>A program's own account, since it was loaded.</summary>
/// <param name="Runs">How often it ran.</param>
/// <param name="RunTime">How long, in all.</param>
/// <param name="RecursionMisses">How often it was not run because it was running already on that CPU: events that are missing.</param>
internal readonly record struct ProgramStatistics(ulong Runs, TimeSpan RunTime, ulong RecursionMisses);
