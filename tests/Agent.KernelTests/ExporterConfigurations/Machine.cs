using System.Globalization;
using System.Text.RegularExpressions;
using EbpfAgent.Host;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.ExporterConfigurations;

/// <summary>What only this machine can say, for the places in <c>{braces}</c> of an expectation. Reads it with no code of the agent's look-ups.</summary>
internal sealed partial class Machine : IDisposable
{
    private static readonly string[] PciLists = ["/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids", "/usr/share/pci.ids"];

    private readonly string _groups = $"ebpf-agent-indep-{Environment.ProcessId}";
    private readonly List<string> _made = [];

    /// <summary>The text with each place filled in.</summary>
    public string Fill(string text) => Place().Replace(text, match => Value(match.Groups[1].Value, match.Groups[2].Value));

    /// <summary>The path of a control group of the tests, which is made when it is first asked for.</summary>
    public string Group(string name)
    {
        string path = Path.Combine(GroupMount(), _groups, name);
        if (_made.Contains(path)) return path;
        Directory.CreateDirectory(path);
        _made.Add(path);
        return path;
    }

    public static ulong GroupId(string path) => ulong.Parse(Shell.Run("stat", "--format=%i", path), CultureInfo.InvariantCulture);

    /// <summary>Where the kernel has a function of this name; it is the only one there.</summary>
    public static ulong Address(string symbol)
    {
        string line = File.ReadLines("/proc/kallsyms").Single(line => line.EndsWith($" {symbol}", StringComparison.Ordinal));
        return ulong.Parse(line.Split(' ')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        foreach (string group in _made) Directory.Delete(group);
        if (_made.Count > 0) Directory.Delete(Path.GetDirectoryName(_made[0])!);
    }

    private string Value(string kind, string name) => kind switch
    {
        "symbol" => Offset(name).ToString(CultureInfo.InvariantCulture),
        "hex" => Offset(name).ToString("x", CultureInfo.InvariantCulture),
        "group" => GroupId(Group(name)).ToString(CultureInfo.InvariantCulture),
        "group-path" => Group(name),
        "group-mount" => GroupMount(),
        "device" => Device().Number.ToString(CultureInfo.InvariantCulture),
        "device-name" => Device().Name,
        "no-pci-ids" => WithoutPciIds(),
        _ => throw new ArgumentException($"nothing fills {{{kind}}}"),
    };

    // NAME or NAME+BYTES
    private static ulong Offset(string place) =>
        place.Split('+') is [var symbol, var bytes] ? Address(symbol) + ulong.Parse(bytes, CultureInfo.InvariantCulture) : Address(place);

    private static (uint Number, string Name) Device()
    {
        string[]? fields = File.ReadLines("/proc/partitions").Skip(2).Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).FirstOrDefault();
        Assert.SkipUnless(fields is not null, "there is no block device");
        (uint major, uint minor) = (uint.Parse(fields[0], CultureInfo.InvariantCulture), uint.Parse(fields[1], CultureInfo.InvariantCulture));
        return ((minor & 0xff) | (major << 8) | ((minor & ~0xffu) << 12), fields[3]);
    }

    private static string WithoutPciIds()
    {
        Assert.SkipWhen(PciLists.Any(File.Exists), "there is a list of PCI devices, and what it says is not known here");
        return "missing pci.ids db";
    }

    private static string GroupMount()
    {
        string? place = ControlGroupMount.Find(File.ReadLines("/proc/self/mountinfo"))?.Point;
        Assert.SkipUnless(place is not null, "control groups of version 2 are not mounted");
        return place;
    }

    [GeneratedRegex(@"\{([a-z-]+)(?::([a-z_+0-9]+))?\}")]
    private static partial Regex Place();
}
