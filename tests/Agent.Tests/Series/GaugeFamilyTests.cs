using EbpfAgent.Folding;
using EbpfAgent.Series;

namespace EbpfAgent.Tests.Series;

public sealed class GaugeFamilyTests : FamilyTest
{
    [Fact]
    public void A_series_is_what_the_last_poll_read()
    {
        GaugeFamily family = Gauge(ByNumber());
        Poll(family, (1, 5), (2, 7));
        Poll(family, (1, 3), (2, 7));
        Assert.Equal("1:3 2:7", Numbers(family));
    }

    [Fact]
    public void Keys_of_equal_labels_are_summed()
    {
        GaugeFamily family = Gauge(ByParity());
        Poll(family, (1, 5), (2, 7), (3, 1));
        Assert.Equal("even:7 odd:6", Numbers(family));
    }

    [Fact]
    public void A_key_that_is_gone_takes_its_series_along_unless_another_has_the_labels()
    {
        GaugeFamily family = Gauge(ByParity());
        Poll(family, (1, 5), (2, 7), (3, 1));
        Poll(family, (3, 1));
        Assert.Equal("odd:1", Numbers(family));
        Poll(family);
        Assert.Equal("", Numbers(family));
    }

    [Fact]
    public void A_poll_that_is_not_kept_has_changed_nothing()
    {
        GaugeFamily family = Gauge(ByNumber());
        Poll(family, (1, 5));
        Stage(family, (1, 9), (2, 9));
        Assert.Equal("1:5", Numbers(family));
        Poll(family, (1, 6));
        Assert.Equal("1:6", Numbers(family));
    }

    [Fact]
    public void What_finds_no_room_is_dropped_and_comes_when_there_is_some()
    {
        GaugeFamily family = Gauge(ByNumber(), Limits(maxSeries: 1));
        Poll(family, (1, 5), (2, 7));
        Assert.Equal("1:5", Numbers(family));
        Assert.Equal(1, family.Drops[DropReason.SeriesLimit]);
        for (int i = 0; i < 13; i++) Poll(family, (2, 7));
        Assert.Equal("2:7", Numbers(family));
    }

    [Fact]
    public void Negative_numbers_and_floats_are_summed_as_what_they_are()
    {
        GaugeFamily whole = Gauge(All("x"), number: NumberKind.Signed);
        Poll(whole, (1, unchecked((ulong)-5L)), (2, 2));
        Assert.Equal(-3, (long)Exposed(whole)["key=\"x\""][0]);
        GaugeFamily real = Gauge(All("x"), number: NumberKind.Float);
        Poll(real, (1, BitConverter.DoubleToUInt64Bits(0.5)), (2, BitConverter.DoubleToUInt64Bits(-2)));
        Assert.Equal(-1.5, BitConverter.UInt64BitsToDouble(Exposed(real)["key=\"x\""][0]));
    }

    [Fact]
    public void A_new_version_shows_what_the_old_one_did_until_its_first_poll()
    {
        GaugeFamily old = Gauge(ByNumber());
        Poll(old, (1, 5), (2, 7));
        GaugeFamily family = Gauge(ByNumber());
        family.TakeOver(old, sameMap: true);
        Assert.Equal("1:5 2:7", Numbers(family));
        Poll(family, (1, 6));
        Assert.Equal("1:6", Numbers(family));
    }

    [Fact]
    public void A_key_that_can_not_be_decoded_is_tried_again_now_and_then()
    {
        bool works = false;
        GaugeFamily family = Gauge(new StubDecoder(key => works ? [$"{key}"] : throw new InvalidOperationException("not yet"), "key"));
        Poll(family, (1, 5));
        Assert.Equal("", Numbers(family));
        works = true;
        for (int i = 0; i < 13; i++) Poll(family, (1, 5));
        Assert.Equal("1:5", Numbers(family));
    }

    [Fact]
    public void Names_that_come_from_the_host_are_asked_for_again_each_minute()
    {
        string name = "eth0";
        GaugeFamily family = Gauge(new StubDecoder(_ => [name], "key") { MayGoStale = true });
        Poll(family, (1, 5));
        name = "lan0";
        Poll(family, (1, 5));
        Assert.Equal("eth0:5", Numbers(family));
        Time.Advance(TimeSpan.FromMinutes(1));
        Poll(family, (1, 5));
        Assert.Equal("lan0:5", Numbers(family));
    }

    [Fact]
    public void A_key_that_stays_filtered_is_counted_once_however_often_the_host_is_asked_again()
    {
        GaugeFamily family = Gauge(new StubDecoder(_ => null, "key") { MayGoStale = true });
        for (int i = 0; i < 3; i++)
        {
            Poll(family, (1, 5), (2, 7));
            Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(2, family.Drops[DropReason.Filtered]);
    }

    [Fact]
    public void A_poll_at_steady_state_allocates_nothing()
    {
        GaugeFamily family = Gauge(ByNumber());
        Poll(family, (1, 5), (2, 7));
        Poll(family, (1, 5), (2, 7));
        (byte, ulong)[] entries = [(1, 6), (2, 8)];
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) Poll(family, entries);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private GaugeFamily Gauge(StubDecoder decoder, SeriesLimits? limits = null, NumberKind number = NumberKind.Unsigned)
    {
        var description = new FamilyDescription("test", "A test.", decoder.LabelNames, BucketScheme.None(UnitScale.One), HasSum: false) { Kind = FamilyKind.Gauge, Number = number };
        return new GaugeFamily(description, 1, decoder, limits ?? Limits(), new Lock(), Time);
    }

    private static void Stage(GaugeFamily family, params (byte Key, ulong Number)[] entries)
    {
        family.Begin();
        foreach ((byte key, ulong number) in entries) family.Stage([key])[0] = number;
    }

    private static void Poll(GaugeFamily family, params (byte Key, ulong Number)[] entries)
    {
        Stage(family, entries);
        lock (family.Gate) family.Commit();
    }

    private static string Numbers(GaugeFamily family) =>
        string.Join(' ', Exposed(family).OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"{pair.Key.Replace("key=", "", StringComparison.Ordinal).Trim('"')}:{pair.Value[0]}"));
}
