using EbpfAgent.Configuration.Reading;

namespace EbpfAgent.Configuration.EbpfExporter;

/// <summary>Reads a histogram: a map with an entry for each bucket, whose number is the key's last label.</summary>
internal static class HistogramBinder
{
    private static readonly int[] BucketSizes = [1, 2, 4, 8];

    public static ManifestMetric Bind(ObjectReader reader, ExporterContext context)
    {
        string map = context.Map(reader);
        context.Own(reader, map);
        string help = reader.Required("help", SettingFormats.Sentence);
        var buckets = Buckets(reader, context);
        var labels = LabelBinder.Bind(reader, context);
        LabelBinder.CheckNames(labels.SkipLast(1), isHistogram: true);
        var bucket = Bucket(reader, labels);
        return new ManifestMetric
        {
            Map = map,
            Name = map,
            Help = help,
            Kind = MetricKind.Histogram,
            Labels = [.. labels.SkipLast(1).Select(entry => entry.Spec)],
            KeyBytes = LabelBinder.KeyBytes(labels),
            Buckets = buckets with { Place = bucket?.Spec.Place },
            Position = reader.Position,
        };
    }

    private static LabelEntry? Bucket(ObjectReader reader, IReadOnlyList<LabelEntry> labels)
    {
        if (labels is not [.., var last])
        {
            RefuseMissing(reader, "labels", "a list whose last label is the bucket");
            return null;
        }
        if (last.Spec.Decoders.Count > 0 && !last.IsPlainNumber)
            last.Reader.Refuse("decoders", "the last label is the bucket, whose number is read as it is; expected the one decoder \"uint\"");
        if (last.Spec.Place is { Size: > 0 } place && !BucketSizes.Contains(place.Size))
            last.Reader.Refuse("size", $"the last label is the bucket; expected 1, 2, 4 or 8 bytes; found {place.Size}");
        if (last.Spec.Name == "cpu")
            last.Reader.Refuse("name", "the last label is the bucket, and not the CPU; give it another name, such as \"bucket\"");
        return last;
    }

    private static BucketSettings Buckets(ObjectReader reader, ExporterContext context)
    {
        var form = reader.Required("bucket_type", ExporterFormats.BucketType);
        int first = reader.Optional("bucket_min", 0, ExporterFormats.Bucket);
        double multiplier = reader.Optional("bucket_multiplier", 1, ExporterFormats.Multiplier);
        bool hasLast = reader.TryGet("bucket_max", ExporterFormats.Bucket, out int last);
        var keys = reader.Values("bucket_keys", ExporterFormats.BucketKey);
        if (form == BucketForm.Fixed)
            return Checked(reader, "bucket_keys", new BucketSettings { Form = form, Multiplier = multiplier, Keys = [.. (keys ?? []).Select(key => key.Value)], HasSum = true });
        if (keys is not null)
            context.Remark(reader, "bucket_keys", "no effect with this bucket_type; it belongs to \"fixed\"");
        var buckets = new BucketSettings { Form = form, First = first, Last = last, Multiplier = multiplier, HasSum = true };
        if (!hasLast)
            RefuseMissing(reader, "bucket_max", ExporterFormats.Bucket.Expected);
        return hasLast ? Checked(reader, "bucket_max", buckets) : buckets;
    }

    private static BucketSettings Checked(ObjectReader reader, string key, BucketSettings buckets)
    {
        if (buckets.Form == BucketForm.Fixed && buckets.Keys.Count == 0)
            RefuseMissing(reader, key, "a list of bounds, ascending");
        else if (buckets.Form != BucketForm.Fixed && buckets.Last <= buckets.First)
            reader.Refuse(key, $"expected a number above bucket_min, which is {buckets.First}; found {buckets.Last}");
        else if (BucketBounds.Problem(buckets) is { } problem)
            reader.Refuse(key, problem);
        return buckets;
    }

    private static void RefuseMissing(ObjectReader reader, string key, string expected)
    {
        if (!reader.Has(key))
            reader.Refuse(key, $"missing; expected {expected}");
    }
}
