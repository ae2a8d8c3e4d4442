using System.Text;
using CsCheck;
using EbpfAgent.Host;

namespace EbpfAgent.Tests.Host;

/// <summary>Files that hold anything, and much of what their formats are made of: no reader throws.</summary>
public sealed class GarbageTests
{
    private static readonly byte[] Alphabet = [.. "0123456789abcdefxXTtACrp- \t\n:[]/.\\#\r"u8, 0, 0x80, 0xff];
    private static readonly Gen<byte[]> Garbage = Gen.OneOf(Gen.Byte, Gen.Int[0, Alphabet.Length - 1].Select(static i => Alphabet[i])).Array[0, 400];

    [Fact]
    public void Symbols_of_the_kernel() => Garbage.Sample(static bytes => KernelSymbolTable.Read(Lines(bytes)).Find(ulong.MaxValue));

    [Fact]
    public void Names_of_PCI_devices() => Garbage.Sample(static bytes => PciList.Read(Lines(bytes)).Find(PciNumber.OfVendor(0xabc)));

    [Fact]
    public void Mappings_of_a_process() => Garbage.Sample(static bytes => { _ = ProcessMapping.Parse(bytes)?.FileName; });

    [Fact]
    public void Mounts() => Garbage.Sample(static bytes => ControlGroupMount.Find(Encoding.UTF8.GetString(bytes).Split('\n')));

    [Fact]
    public void Mounts_of_control_groups() => Garbage.Sample(static bytes =>
    {
        string text = Encoding.UTF8.GetString(bytes);
        _ = ControlGroupMount.Find([$"1 2 3 {text} - cgroup2 x x", $"1 2 3 / {text} rw - cgroup2"])?.Prefix;
    });

    [Fact]
    public void Users()
    {
        using var root = new FakeRoot();
        Garbage.Sample(bytes =>
        {
            root.Write("etc/passwd", bytes);
            new UserNames(root.Path, root.Time, root.Files).Find(0);
        }, iter: 50, threads: 1);
    }

    private static LineReader Lines(byte[] bytes) => new(new MemoryStream(bytes), long.MaxValue);
}
