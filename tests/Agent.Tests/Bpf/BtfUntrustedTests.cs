using CsCheck;
using EbpfAgent.Bpf;
using EbpfAgent.Decoding;

namespace EbpfAgent.Tests.Bpf;

public sealed class BtfUntrustedTests
{
    [Theory]
    [InlineData(0, 0x00, "magic")]
    [InlineData(2, 0x02, "version 2")]
    [InlineData(4, 0xff, "the header claims 255 bytes")]
    [InlineData(15, 0xff, "type section")]
    [InlineData(23, 0xff, "string section")]
    public void A_broken_header_is_named(int offset, byte value, string expected)
    {
        var raw = SmallObject();
        raw[offset] = value;

        Assert.Contains(expected, Assert.Throws<BtfException>(() => Btf.Parse(raw)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_byte_order_is_named()
    {
        var raw = SmallObject();
        (raw[0], raw[1]) = (raw[1], raw[0]);

        Assert.Contains("big-endian", Assert.Throws<BtfException>(() => Btf.Parse(raw)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_kind_is_named_with_its_place()
    {
        var b = new BtfBuilder();
        b.Int("int", 4);
        b.Raw("", 31, 0, flag: false, 0);

        Assert.Equal(
            "BTF: type 2 at offset 16 of the type section is of kind 31; this agent knows 1 to 19.",
            Assert.Throws<BtfException>(() => Btf.Parse(b.Build())).Message);
    }

    [Fact]
    public void A_count_that_the_bytes_cannot_hold_is_refused()
    {
        var b = new BtfBuilder();
        b.Raw("greedy", 4, 8, flag: false, 0xffff);

        Assert.Contains("786420 bytes are wanted", Assert.Throws<BtfException>(() => Btf.Parse(b.Build())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_contains_itself_many_times_over_is_refused_quickly()
    {
        var b = new BtfBuilder();
        b.Struct("bomb", 8, [.. Enumerable.Range(0, 60).Select(i => ($"m{i}", i % 2 + 1, 0u))]);
        b.Struct("bomb2", 8, [.. Enumerable.Range(0, 60).Select(i => ($"m{i}", 1, 0u))]);
        var btf = Btf.Parse(b.Build());

        Assert.Throws<BtfException>(() => KeyLayout.FromBtf(btf, 1));
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        for (var length = 0; length < BtfFromClang.Bytes.Length; length++)
            Assert.Throws<BtfException>(() => Btf.Parse(BtfFromClang.Bytes.AsSpan(0, length)));
    }

    [Fact]
    public void Random_bytes_are_read_or_refused() => Gen.Byte.Array[0, 400].Sample(WalkAll, iter: 2000);

    [Fact]
    public void Random_types_behind_a_valid_header_are_read_or_refused() =>
        Gen.UInt.Array[0, 60].Sample(
            words =>
            {
                var types = words.SelectMany(word => BitConverter.GetBytes(word % 7 == 0 ? word & 0x1f00000f : word % 32)).ToArray();
                WalkAll([.. new BtfBuilder().Build().AsSpan(0, 8), .. BitConverter.GetBytes(0), .. BitConverter.GetBytes(types.Length),
                    .. BitConverter.GetBytes(types.Length), .. BitConverter.GetBytes(1), .. types, 0]);
            },
            iter: 2000);

    [Fact]
    public void Flipped_bits_are_read_or_refused() =>
        Gen.Select(Gen.Int[0, BtfFromClang.Bytes.Length * 8 - 1].Array[1, 8], Gen.Bool).Sample(
            (bits, _) =>
            {
                var raw = BtfFromClang.Bytes.ToArray();
                foreach (var bit in bits)
                    raw[bit / 8] ^= (byte)(1 << (bit % 8));
                WalkAll(raw);
            },
            iter: 2000);

    /// <summary>Uses all that is public on whatever was parsed; only a <see cref="BtfException"/> may come of it.</summary>
    private static void WalkAll(byte[] raw)
    {
        if (Try(() => Btf.Parse(raw)) is not { } btf)
            return;
        foreach (var type in btf.Types)
        {
            Assert.NotNull(btf.DescribeType(type.Id));
            Try(() => btf.Resolve(type.Id));
            Try(() => (object)btf.SizeOf(type.Id));
            Try(() => btf.FindDataSection(type.Name) ?? []);
            Try(() => KeyLayout.FromBtf(btf, type.Id));
            Try(() => (object?)KeyLayout.FindSubKey(btf, type.Id) ?? "");
        }
    }

    private static T? Try<T>(Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (BtfException exception)
        {
            Assert.StartsWith("BTF: ", exception.Message, StringComparison.Ordinal);
            return null;
        }
    }

    private static byte[] SmallObject()
    {
        var b = new BtfBuilder();
        b.Int("int", 4);
        return b.Build();
    }
}
