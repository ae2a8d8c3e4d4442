using System.Diagnostics;
using System.Text;
using EbpfAgent.Configuration;

namespace EbpfAgent.Tests.Configuration;

/// <summary>Manifests of a mebibyte that somebody has written to cost as much as they can.</summary>
public sealed class HostileManifestTests
{
    // Far above what any takes, and far below what one that is quadratic in its entries takes.
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(5);
    private const long MostBytes = 400L << 20;

    private const string Name = "\"map\":\"m\",\"name\":\"n\"";

    public static TheoryData<string> Kinds => [.. Texts.Keys];

    private static Dictionary<string, Func<string>> Texts { get; } = new()
    {
        ["metrics"] = static () => Object($"\"metrics\":[{Many(29_000, static i => $"{{\"map\":\"m\",\"name\":\"n{i}\"}}")}]"),
        ["bad metrics"] = static () => Object($"\"metrics\":[{Many(200_000, static _ => "{},")}]"),
        ["labels"] = static () => Metric($"\"labels\":[{Many(100_000, static i => $"\"f{i}\"")}]"),
        ["label objects"] = static () => Metric($"\"labels\":[{Many(40_000, static i => $"{{\"field\":\"f{i}\"}}")}]"),
        ["steps"] = static () => Metric($"\"labels\":[{{\"field\":\"a\",\"decode\":[{Many(100_000, static _ => "\"string\"")}]}}]"),
        ["step objects"] = static () => Metric($"\"labels\":[{{\"field\":\"a\",\"decode\":[{Many(60_000, static _ => "{\"hex\":true}")}]}}]"),
        ["static map"] = static () => Metric($"\"labels\":[{{\"field\":\"a\",\"decode\":[{{\"static_map\":{{{Many(50_000, static i => $"\"{i}\":\"v{i}\"")}}}}}]}}]"),
        ["patterns"] = static () => Metric($"\"labels\":[{{\"field\":\"a\",\"decode\":[{{\"regexp\":[{Many(40_000, static i => $"\"^a{i}$\"")}]}}]}}]"),
        ["exploding pattern"] = static () => Metric("\"labels\":[{\"field\":\"a\",\"decode\":[{\"regexp\":\"((a{1000}){1000}){1000}\"}]}]"),
        ["many exploding patterns"] = static () => Metric($"\"labels\":[{{\"field\":\"a\",\"decode\":[{{\"regexp\":[{Many(30_000, static i => $"\"(x{{1000}}){{{i % 10}}}\"")}]}}]}}]"),
        ["nested pattern"] = static () => Metric($"\"labels\":[{{\"field\":\"a\",\"decode\":[{{\"regexp\":\"{new string('(', 250_000)}{new string(')', 250_000)}\"}}]}}]"),
        ["long pattern"] = static () => Metric($"\"labels\":[{{\"field\":\"a\",\"decode\":[{{\"regexp\":\"{new string('a', 900_000)}\"}}]}}]"),
        ["class pattern"] = static () => Metric($"\"labels\":[{{\"field\":\"a\",\"decode\":[{{\"regexp\":\"{string.Concat(Enumerable.Repeat("[^a-z0-9]*", 60_000))}\"}}]}}]"),
        ["buckets"] = static () => Metric("\"buckets\":{\"form\":\"linear\",\"first\":0,\"last\":2147483646}"),
        ["bucket keys"] = static () => Metric($"\"buckets\":{{\"form\":\"fixed\",\"keys\":[{Many(150_000, static i => $"{i}")}]}}"),
        ["unknown keys"] = static () => Object(Many(80_000, static i => $"\"k{i}\":1")),
        ["keys twice"] = static () => Object(Many(200_000, static _ => "\"a\":1")),
        ["settings"] = static () => Object($"\"settings\":{{{Many(80_000, static i => $"\"k{i}\":1")}}}"),
        ["bad settings"] = static () => Object($"\"settings\":{{{Many(80_000, static i => $"\"k{i}\":[]")}}}"),
        ["programs"] = static () => Object($"\"programs\":{{{Many(60_000, static i => $"\"k{i}\":{{}}")}}}"),
        ["interfaces"] = static () => Object($"\"programs\":{{\"p\":{{\"xdp\":{{\"interfaces\":[{Many(80_000, static i => $"\"e{i}\"")}]}}}}}}"),
        ["addresses"] = static () => Object($"\"kernelAddresses\":[{Many(80_000, static i => $"\"k{i}\"")}]"),
        ["nesting"] = static () => new string('[', 1_000_000),
        ["one text"] = static () => Object($"\"object\":\"{new string('x', 1_000_000)}.bpf.o\""),
        ["one number"] = static () => Metric($"\"scale\":{new string('9', 1_000_000)}"),
        ["one line of lines"] = static () => Object($"\"metrics\":[{string.Concat(Enumerable.Repeat("\n", 1_000_000))}]"),
    };

    /// <summary>What is refused for its number alone is told so, with the place.</summary>
    [Theory]
    [InlineData("metrics", "/x/plugin.json:1:21: metrics: 29000 entries; expected at most 1000")]
    [InlineData("labels", "labels: 100000 entries; expected at most 100")]
    [InlineData("steps", "decode: 100000 entries; expected at most 32")]
    [InlineData("settings", "/x/plugin.json:1:21: settings: 80000 entries; expected at most 1000")]
    [InlineData("patterns", "the file has more than 1000 regular expressions up to here; join some with \"|\"")]
    public void What_is_too_many_is_named(string kind, string message) => Assert.Contains(message, Outcome(Encoding.UTF8.GetBytes(Texts[kind]())), StringComparison.Ordinal);

    [Fact]
    public void As_many_as_are_allowed_are_read() =>
        Assert.Equal("1000 metrics", Outcome(Encoding.UTF8.GetBytes(Object($"\"metrics\":[{Many(1000, static i => $"{{\"map\":\"m\",\"name\":\"n{i}\"}}")}]"))));

    /// <summary>Each of the most patterns as costly as it may be.</summary>
    [Fact]
    public void The_most_patterns_are_read_in_bounded_time_and_memory() =>
        DemandBounded(Encoding.UTF8.GetBytes(Metric($"\"labels\":[{{\"field\":\"a\",\"decode\":[{{\"regexp\":[{Many(1000, static i => $"\"^([a-z0-9]{{1,{i}}}|x)*$\"")}]}}]}}]")));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void It_is_read_or_refused_in_bounded_time_and_memory(string kind)
    {
        DemandBounded(Encoding.UTF8.GetBytes(Texts[kind]()));
    }

    private static void DemandBounded(byte[] text)
    {
        Assert.InRange(text.Length, 1, 1 << 20);
        long before = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();

        string outcome = Outcome(text);

        TimeSpan took = Stopwatch.GetElapsedTime(start);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(took < Most && allocated < MostBytes, $"{took.TotalSeconds:0.0} s, {allocated >> 20} MiB: {outcome[..Math.Min(200, outcome.Length)]}");
        Assert.True(outcome.Length < 1 << 18, $"a message of {outcome.Length} characters");
    }

    private static string Outcome(byte[] text)
    {
        try
        {
            return $"{PluginManifestLoader.Parse(text, "/x/plugin.json").Metrics.Count} metrics";
        }
        catch (ConfigurationException e)
        {
            return e.Message;
        }
    }

    private static string Object(string members) => $"{{\"object\":\"a.bpf.o\",{members}}}".Replace(",,", ",", StringComparison.Ordinal);

    private static string Metric(string members) => Object($"\"metrics\":[{{{Name},{members}}}]");

    private static string Many(int count, Func<int, string> one)
    {
        var text = new StringBuilder();
        for (int i = 0; i < count && text.Length < 1_000_000; i++) text.Append(i == 0 ? "" : ",").Append(one(i).TrimEnd(','));
        return text.ToString();
    }
}
