using System.Globalization;

namespace EbpfAgent.Bpf;

/// <summary>What the agent knows of the kernel it runs on and of its own rights. Read once; a record, so that tests can say otherwise.</summary>
/// <param name="Release">The kernel's release, for messages.</param>
/// <param name="HasBtf">Whether the kernel describes its types (<c>/sys/kernel/btf/vmlinux</c>).</param>
/// <param name="Capabilities">The effective capabilities, as the bit set of <c>/proc/self/status</c>.</param>
internal sealed record KernelFacts(string Release, bool HasBtf, ulong Capabilities)
{
    private const int SystemAdministration = 21; // CAP_SYS_ADMIN
    private const int PerformanceMonitoring = 38; // CAP_PERFMON
    private const int Bpf = 39; // CAP_BPF

    /// <summary>Whether tracing programs may be loaded: CAP_BPF with CAP_PERFMON (since 5.8), or CAP_SYS_ADMIN.</summary>
    public bool MayTrace => Has(SystemAdministration) || (Has(Bpf) && Has(PerformanceMonitoring));

    /// <summary>Whether file systems may be mounted.</summary>
    public bool MayMount => Has(SystemAdministration);

    /// <summary>Whether the kernel is older than this version; false where its release doesn't say.</summary>
    public bool IsOlderThan(int major, int minor) =>
        Release.Split('.', '-') is [var first, var second, ..]
        && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out int ownMajor) && int.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out int ownMinor)
        && (ownMajor, ownMinor).CompareTo((major, minor)) < 0;

    /// <summary>Reads the facts under a root folder, which is <c>/</c> but in tests.</summary>
    public static KernelFacts Read(string root = "/") => new(
        ReadLine(Path.Combine(root, "proc/sys/kernel/osrelease")) ?? "unknown",
        File.Exists(Path.Combine(root, "sys/kernel/btf/vmlinux")),
        ReadCapabilities(Path.Combine(root, "proc/self/status")));

    private static string? ReadLine(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : null;

    private static ulong ReadCapabilities(string path)
    {
        const string Field = "CapEff:";
        string? line = File.Exists(path) ? File.ReadLines(path).FirstOrDefault(static l => l.StartsWith(Field, StringComparison.Ordinal)) : null;
        return line is not null && ulong.TryParse(line.AsSpan(Field.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong bits)
            ? bits
            : 0;
    }

    private bool Has(int capability) => (Capabilities >> capability & 1) != 0;
}
