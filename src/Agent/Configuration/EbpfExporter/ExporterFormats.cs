using System.Diagnostics.CodeAnalysis;
using EbpfAgent.Configuration.Reading;

namespace EbpfAgent.Configuration.EbpfExporter;

/// <summary>The formats of ebpf_exporter's settings.</summary>
internal static class ExporterFormats
{
    /// <summary>The longest key of a hash (the kernel's limit is 512 bytes) or event that is described.</summary>
    public const int MaxKeyBytes = 65_536;

    public static readonly SettingFormat<string> KernelSymbol =
        new(ScalarKind.String, "the name of a kernel symbol: a C identifier", SettingFormats.MapName.TryParse);

    public static readonly SettingFormat<bool> Boolean = new(ScalarKind.Boolean, "true or false", YamlNumber.TryBoolean);

    public static readonly SettingFormat<int> Size = Integer(1, MaxKeyBytes, "a number of bytes");

    public static readonly SettingFormat<int> Padding = Integer(0, MaxKeyBytes, "a number of bytes");

    public static readonly SettingFormat<int> CacheSize = Integer(0, int.MaxValue, "a number of entries");

    /// <summary>A bucket's number; the entry after it, which holds the sum, has one as well.</summary>
    public static readonly SettingFormat<int> Bucket = Integer(int.MinValue, int.MaxValue - 1, "the number of a bucket");

    /// <summary>A bound whose successor is another number.</summary>
    public static readonly SettingFormat<double> BucketKey =
        new(ScalarKind.Number, "a number up to 2^53", (string text, out double value) =>
            YamlNumber.TryFinite(text, out value) && Math.Abs(value) < YamlNumber.LargestExact);

    /// <summary>0 stands for 1, as if it had been left out.</summary>
    public static readonly SettingFormat<double> Multiplier =
        new(ScalarKind.Number, "a number above 0, such as 0.000001", (string text, out double value) =>
        {
            bool isLegal = YamlNumber.TryFinite(text, out value) && value >= 0;
            value = value == 0 ? 1 : value;
            return isLegal;
        });

    /// <summary>The nanoseconds are written as an integer where there is no unit.</summary>
    public static readonly SettingFormat<string> Duration =
        new(ScalarKind.String, "a duration, such as 10s", (string text, [NotNullWhen(true)] out string? value) =>
        {
            value = text;
            return GoDuration.IsLegal(text) || YamlNumber.TryInteger(text, out _);
        });

    public static readonly SettingFormat<BucketForm> BucketType = SettingFormats.OneOf(
        ("exp2", BucketForm.Exp2), ("exp2zero", BucketForm.Exp2Zero), ("linear", BucketForm.Linear), ("fixed", BucketForm.Fixed));

    private static SettingFormat<int> Integer(int min, int max, string words) =>
        new(ScalarKind.Number, $"{words} from {min} to {max}", (string text, out int value) =>
        {
            bool isLegal = YamlNumber.TryInteger(text, out long number) && number >= min && number <= max;
            value = isLegal ? (int)number : 0;
            return isLegal;
        });
}
