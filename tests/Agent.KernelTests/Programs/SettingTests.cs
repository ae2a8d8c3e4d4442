using System.Text;
using EbpfAgent.Bpf;
using EbpfAgent.Tests.HandOver;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Programs;

/// <summary>Variables that are set before the load are what the program sees.</summary>
public sealed class SettingTests : KernelTest
{
    private const string Fixture = "programs_settings.bpf.o";

    [Fact]
    public void A_program_sees_its_settings()
    {
        ObjectOptions options = ObjectOptions.None.With(
            ("enabled", true), ("small", 255), ("negative", -32768L), ("large", ulong.MaxValue), ("level", "HIGH"), ("ratio", 0.25), ("name", "bash"));
        ulong[] seen = Look(options with { KernelAddresses = KernelSymbols.Find(Fixture, ["vfs_read"], Versions.Kernel) });
        Assert.Equal([1, 255, unchecked((ulong)-32768), ulong.MaxValue, unchecked((ulong)-7), BitConverter.DoubleToUInt64Bits(0.25)], seen[..6]);
        Assert.Equal("bash\0\0\0\0", Encoding.UTF8.GetString(BitConverter.GetBytes(seen[6])));
        Assert.Equal(Convert.ToUInt64(Shell.Run("grep", "-m1", "-E", " [tT] vfs_read$", "/proc/kallsyms").Split(' ')[0], 16), seen[7]);
        Assert.NotEqual(0ul, seen[7]);
    }

    [Fact]
    public void What_is_not_set_is_what_the_source_says() => Assert.Equal([0, 0, 0, 0, 3], Look(ObjectOptions.None)[..5]);

    [Fact]
    public void A_setting_changes_what_is_counted()
    {
        foreach (bool enabled in (bool[])[false, true]) Assert.Equal(enabled ? 1ul : 0, Look(ObjectOptions.None.With(("enabled", enabled)))[0]);
    }

    [Fact]
    public void A_symbol_that_no_kernel_has_is_unsupported()
    {
        var e = Assert.Throws<BpfException>(static () => KernelSymbols.Find("a.bpf.o", ["vfs_read", "no_such_symbol"], Versions.Kernel));
        Assert.Equal(
            (BpfFailure.Unsupported, $"a.bpf.o wants the address of kernel symbol 'no_such_symbol', which kernel {Versions.Kernel.Release} does not have in /proc/kallsyms"),
            (e.Failure, e.Message));
    }

    [Fact]
    public void An_address_without_a_variable_says_what_to_declare()
    {
        var e = Assert.Throws<BpfException>(static () => Look(ObjectOptions.None with { KernelAddresses = new Dictionary<string, ulong> { ["tcp_prot"] = 1 } }));
        Assert.Equal(BpfFailure.Object, e.Failure);
        Assert.StartsWith("programs_settings.bpf.o has no variable 'kaddr_tcp_prot' that can be set before it is loaded; it has: ", e.Message, StringComparison.Ordinal);
        Assert.Contains("small (const volatile __u8)", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("fixed", e.Message, StringComparison.Ordinal);
        Assert.EndsWith("declare const volatile __u64 kaddr_tcp_prot", e.Message, StringComparison.Ordinal);
    }

    private static ulong[] Look(ObjectOptions options)
    {
        using LoadedBpfObject loaded = Objects.Load(Fixture, options);
        ProgramRun.Observe(loaded.Programs[0].Handle, 0, 0);
        return loaded.Section(".bss");
    }
}
