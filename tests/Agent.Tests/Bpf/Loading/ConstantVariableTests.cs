using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Loading;

namespace EbpfAgent.Tests.Bpf.Loading;

/// <summary>Which variables a setting may change.</summary>
public sealed class ConstantVariableTests
{
    private static readonly Btf Types = Build();

    [Fact]
    public void A_setting_goes_to_its_variables_place()
    {
        ConstantPatch patch = Assert.Single(ConstantVariables.Patches("a.bpf.o", Types, Set("limit", 258)));
        Assert.Equal((".rodata", 4, "02010000"), (patch.Section, patch.Offset, Convert.ToHexStringLower(patch.Bytes)));
    }

    [Fact]
    public void Nothing_is_looked_for_where_nothing_is_set() => Assert.Empty(ConstantVariables.Patches("a.bpf.o", Btf.Parse(new BtfBuilder().Build()), ObjectOptions.None));

    [Theory]
    [InlineData("fixed", "a.bpf.o: 'fixed' is const and not volatile, so the compiler has put its value into the code already; declare const volatile TYPE fixed")]
    [InlineData("limits", "a.bpf.o has no variable 'limits' that can be set before it is loaded; it has: limit (const volatile __u32), kaddr_short (const volatile __u32); declare const volatile TYPE limits")]
    [InlineData("counted", "a.bpf.o has no variable 'counted' that can be set before it is loaded; it has: limit (const volatile __u32), kaddr_short (const volatile __u32); declare const volatile TYPE counted")]
    public void A_variable_that_can_not_be_set_is_refused(string variable, string message)
    {
        var e = Assert.Throws<BpfException>(() => ConstantVariables.Patches("a.bpf.o", Types, Set(variable, 1)));
        Assert.Equal((BpfFailure.Object, message), (e.Failure, e.Message));
    }

    [Fact]
    public void A_value_that_does_not_fit_names_the_variable_and_its_type()
    {
        var e = Assert.Throws<BpfException>(static () => ConstantVariables.Patches("a.bpf.o", Types, Set("limit", -1)));
        Assert.Equal("a.bpf.o: 'limit' (const volatile __u32) takes 0 to 4294967295, not -1", e.Message);
    }

    [Fact]
    public void An_address_needs_eight_bytes()
    {
        var e = Assert.Throws<BpfException>(static () => ConstantVariables.Patches("a.bpf.o", Types, ObjectOptions.None with { KernelAddresses = new Dictionary<string, ulong> { ["short"] = 1 } }));
        Assert.Equal("a.bpf.o: 'kaddr_short' has 4 bytes, and an address has 8; declare const volatile __u64 kaddr_short", e.Message);
    }

    private static ObjectOptions Set(string variable, object value) => ObjectOptions.None with { Settings = new Dictionary<string, object> { [variable] = value } };

    private static Btf Build()
    {
        var builder = new BtfBuilder();
        int number = builder.Int("__u32", 4), fixedNumber = builder.Const(number), settable = builder.Const(builder.Volatile(number));
        int fixedOne = builder.Variable("fixed", fixedNumber), limit = builder.Variable("limit", settable), address = builder.Variable("kaddr_short", settable), counted = builder.Variable("counted", number);
        builder.DataSection(".rodata", 12, (fixedOne, 0, 4), (limit, 4, 4), (address, 8, 4));
        builder.DataSection(".bss", 4, (counted, 0, 4));
        return Btf.Parse(builder.Build());
    }
}
