using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using EbpfAgent.Decoding;

namespace EbpfAgent.Configuration.Reading;

/// <summary>The formats of settings: what each accepts, and its words for what it expects.</summary>
internal static class SettingFormats
{
    private const string NeverWord = "never";

    /// <summary>The smallest and largest number of series that a metric may be limited to.</summary>
    public static readonly SettingFormat<int> MaxSeries = Integer(1, 1_000_000);

    public static readonly SettingFormat<bool> Boolean = new(ScalarKind.Boolean, "true or false", bool.TryParse);

    public static readonly SettingFormat<double> PositiveNumber = new(ScalarKind.Number, "a number above 0, such as 1e-9", TryPositive);

    public static readonly SettingFormat<string> AnyText = Text("a string", _ => true);

    public static readonly SettingFormat<string> Label =
        Text("a label name: letters, digits and \"_\", not beginning with a digit or with \"__\"", text => MetricNames.IsLegal(text, colons: false) && !text.StartsWith("__", StringComparison.Ordinal));

    public static readonly SettingFormat<string> FieldPath =
        Text("a field by its name in C, such as \"bytes\" or \"io.bytes\"", text => text.Split('.').All(static name => MetricNames.IsLegal(name, colons: false)));

    public static readonly SettingFormat<string> Identifier = Text("a C identifier", text => MetricNames.IsLegal(text, colons: false));

    public static readonly SettingFormat<string> Sentence = Text("a sentence that says what is counted", IsNotBlank);

    public static readonly SettingFormat<string> ControlGroup =
        Text("a control group by its path below the root of version 2, such as \"/system.slice\"", text => text.StartsWith('/') && !text.Split('/').Contains(".."));

    public static readonly SettingFormat<string> PluginName = Text("a plugin's name: that of its folder or DLL", IsNotBlank);

    public static readonly SettingFormat<string> MapName =
        Text("the name of a map in the BPF object: a C identifier", text => MetricNames.IsLegal(text) && !text.Contains(':'));

    public static readonly SettingFormat<string> Metric = Text($"a metric name: {MetricNames.Rule}", MetricNames.IsLegal);

    public static readonly SettingFormat<string> MetricPrefix =
        Text($"the beginning of metric names, or \"\": {MetricNames.Rule}", text => text.Length == 0 || MetricNames.IsLegal(text));

    public static readonly SettingFormat<ListenAddress> Listen =
        new(ScalarKind.String, ListenAddress.Expected, ListenAddress.TryParse);

    public static readonly SettingFormat<PollInterval> Interval = new(ScalarKind.String, IntervalWords, TryInterval) { HasUnit = true };

    public static SettingFormat<int> Integer(int min, int max) =>
        new(ScalarKind.Number, $"a whole number from {min} to {max}", (string text, out int value) =>
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && value >= min && value <= max);

    /// <summary>A whole number that a 64-bit unsigned integer holds.</summary>
    public static SettingFormat<ulong> Unsigned { get; } = new(ScalarKind.Number, "a whole number from 0 to 2^64 - 1", static (string text, out ulong value) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value));

    public static SettingFormat<TimeSpan> Time(TimeSpan min, TimeSpan max, string example) =>
        new(ScalarKind.String, DurationWords(min, max, example), (string text, out TimeSpan value) =>
            Duration.TryParse(text, out value) && value >= min && value <= max)
        {
            HasUnit = true,
        };

    /// <summary>A duration, or <c>never</c>, which is null.</summary>
    public static SettingFormat<TimeSpan?> TimeOrNever(TimeSpan min, TimeSpan max, string example)
    {
        var time = Time(min, max, example);
        return new(ScalarKind.String, $"\"{NeverWord}\" or {time.Expected}", (string text, out TimeSpan? value) =>
        {
            bool isTime = time.TryParse(text, out var duration);
            value = isTime ? duration : null;
            return isTime || text == NeverWord;
        })
        {
            HasUnit = true,
        };
    }

    public static SettingFormat<long> Bytes(long min, long max, string example)
    {
        string words = $"a size from {ByteSize.Format(min)} to {ByteSize.Format(max)}, such as \"{example}\" (B, KiB, MiB or GiB)";
        return new(ScalarKind.String, words, (string text, out long value) =>
            ByteSize.TryParse(text, out value) && value >= min && value <= max)
        {
            HasUnit = true,
        };
    }

    /// <summary>Any text that is not blank.</summary>
    public static SettingFormat<string> Filled(string expected) => Text(expected, IsNotBlank);

    public static SettingFormat<string> OneOf(params string[] words) =>
        Text("one of " + string.Join(", ", words.Select(Quoted.Text)), text => words.Contains(text, StringComparer.Ordinal));

    /// <summary>Words that each stand for a value.</summary>
    public static SettingFormat<T> OneOf<T>(params (string Word, T Value)[] words)
        where T : struct
    {
        var text = OneOf([.. words.Select(w => w.Word)]);
        return new(ScalarKind.String, text.Expected, (string word, out T value) =>
        {
            value = words.FirstOrDefault(w => w.Word == word).Value;
            return text.TryParse(word, out _);
        });
    }

    /// <summary>A path; the value is absolute. A relative one is resolved against the folder, and may leave it.</summary>
    public static SettingFormat<string> PathFrom(string folder) =>
        new(ScalarKind.String, "a path, absolute or relative to the configuration file; ~ and variables are not expanded",
            (string text, [NotNullWhen(true)] out string? value) => SettingFile.TryResolve(folder, text, out value));

    /// <summary>A file inside a folder; the value is absolute.</summary>
    public static SettingFormat<string> PathInside(string folder, string example) =>
        new(ScalarKind.String, $"a file inside the plugin's folder, by its relative path without \"..\", such as \"{example}\"",
            (string text, [NotNullWhen(true)] out string? value) => SettingFile.TryResolveInside(folder, text, out value));

    private static SettingFormat<string> Text(string expected, Func<string, bool> isLegal) =>
        new(ScalarKind.String, expected, (string text, [NotNullWhen(true)] out string? value) =>
        {
            value = text;
            return isLegal(text);
        });

    private static bool IsNotBlank(string text) => !string.IsNullOrWhiteSpace(text);

    private static string IntervalWords =>
        $"\"{PollInterval.ScrapeWord}\" or {DurationWords(PollInterval.Shortest, PollInterval.Longest, "5s")}";

    private static string DurationWords(TimeSpan min, TimeSpan max, string example) =>
        $"a duration from {Duration.Format(min)} to {Duration.Format(max)}, such as \"{example}\"";

    private static bool TryInterval(string text, out PollInterval value)
    {
        value = PollInterval.OnScrape;
        if (text == PollInterval.ScrapeWord)
            return true;
        if (!Duration.TryParse(text, out var period) || period < PollInterval.Shortest || period > PollInterval.Longest)
            return false;
        value = PollInterval.Every(period);
        return true;
    }

    private static bool TryPositive(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && value > 0 && double.IsFinite(value);
}
