using EbpfAgent.Configuration.Reading;

namespace EbpfAgent.Configuration;

/// <summary>Reads a metric's <c>buckets</c>: how a map with an entry for each bucket is to be read.</summary>
internal static class BucketBinder
{
    private static readonly SettingFormat<int> Number = SettingFormats.Integer(0, int.MaxValue - 1);

    private static readonly SettingFormat<BucketForm> Form = SettingFormats.OneOf(
        ("exp2", BucketForm.Exp2), ("exp2zero", BucketForm.Exp2Zero), ("linear", BucketForm.Linear), ("fixed", BucketForm.Fixed));

    public static BucketSettings? Bind(ObjectReader metric) => metric.Object("buckets", Buckets);

    private static BucketSettings Buckets(ObjectReader reader)
    {
        var buckets = new BucketSettings
        {
            Field = reader.Optional("field", "bucket", SettingFormats.FieldPath),
            Form = reader.Required("form", Form),
            First = reader.Optional("first", 0, Number),
            Last = reader.Optional("last", 0, Number),
            Keys = [.. (reader.Values("keys", SettingFormats.Unsigned) ?? []).Select(static key => (double)key.Value)],
            Multiplier = reader.Optional("multiplier", 1, SettingFormats.PositiveNumber),
            HasSum = reader.Optional("sum", false, SettingFormats.Boolean),
        };
        if (buckets.Form == BucketForm.Fixed && buckets.Keys.Count == 0) reader.Refuse(null, "keys: missing; expected a list of the buckets' bounds, ascending");
        else if (buckets.Form != BucketForm.Fixed && reader.Raw("last") is null) reader.Refuse(null, "last: missing; expected the number of the last bucket");
        else if (buckets.Form != BucketForm.Fixed && buckets.Last < buckets.First) reader.Refuse("last", $"expected at least the first bucket's number, {buckets.First}; found {buckets.Last}");
        else if (BucketBounds.Problem(buckets) is { } problem) reader.Refuse(buckets.Form == BucketForm.Fixed ? "keys" : "last", problem);
        return buckets;
    }
}
