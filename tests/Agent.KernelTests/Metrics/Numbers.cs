using System.Runtime.InteropServices;

namespace EbpfAgent.Tests.Metrics;

/// <summary>Mirrors <c>struct numbers</c> of metrics_maps.bpf.c.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct Numbers(byte U8, ushort U16, uint U32, ulong U64, sbyte S8, short S16, int S32, long S64, float F32, double F64)
{
    public static Numbers Of(int s32, ulong u64, double f64) => default(Numbers) with { S32 = s32, U64 = u64, F64 = f64 };
}
