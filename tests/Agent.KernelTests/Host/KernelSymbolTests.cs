using System.Globalization;

namespace EbpfAgent.Tests.Host;

public sealed class KernelSymbolTests : HostTest
{
    /// <summary>Every hundredth function of the kernel, at its first byte and at its second, held against the file itself.</summary>
    [Fact]
    public void Functions_are_found_by_their_addresses()
    {
        (ulong Address, string Type, string Name)[] functions = [.. Symbols().Where(static symbol => symbol.Type is "t" or "T")];
        ILookup<ulong, string> names = functions.ToLookup(static function => function.Address, static function => function.Name);
        var ambiguous = functions.Where(function => names.Contains(function.Address + 1)).Select(static function => function.Address).ToHashSet();
        int checkedNames = 0;
        foreach ((ulong address, _, string name) in functions.Where(static (_, i) => i % 100 == 0))
        {
            if (name is "_etext" or "_einittext" || name.StartsWith("__pfx_", StringComparison.Ordinal)) continue;
            Assert.Contains(Machine.KernelSymbol(address), names[address]);
            if (!ambiguous.Contains(address)) Assert.Equal(Machine.KernelSymbol(address), Machine.KernelSymbol(address + 1));
            checkedNames++;
        }

        Assert.InRange(checkedNames, 100, int.MaxValue);
    }

    [Theory]
    [InlineData("do_exit")]
    [InlineData("schedule")]
    [InlineData("vfs_read")]
    public void A_functions_name_and_address_lead_to_each_other(string name)
    {
        ulong expected = Symbols().First(symbol => symbol.Name == name).Address;

        Assert.Equal(name, Machine.KernelSymbol(expected));
        Assert.Equal(name, Machine.KernelSymbol(expected + 1));
    }

    [Fact]
    public void What_is_no_address_of_the_kernel_has_no_name()
    {
        Assert.All(new ulong[] { 0, 1, 0x400000, 0x00007fffffffffff, ulong.MaxValue }, address => Assert.Null(Machine.KernelSymbol(address)));
    }

    private static IEnumerable<(ulong Address, string Type, string Name)> Symbols() => File.ReadLines("/proc/kallsyms").Select(static line => line.Split(' ', '\t'))
        .Select(static parts => (ulong.Parse(parts[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture), parts[1], parts[2]));
}
