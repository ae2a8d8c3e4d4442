using System.Text;
using CsCheck;
using EbpfAgent.Configuration;
using EbpfAgent.Configuration.EbpfExporter;

namespace EbpfAgent.Tests.Configuration.EbpfExporter;

/// <summary>Whatever is in a file, it is read or refused with errors that have a place, in bounded time and memory.</summary>
public sealed class ExporterRobustnessTests
{
    // Twice what the worst of these took: the bytes, the text, and at most YamlBounds.MaxNodes small objects. A bomb would take many times as much.
    private const long MostBytes = 64L << 20;

    private const string Valid = """
        x-bucket: &bucket {name: bucket, size: 8, decoders: [{name: uint}]}
        metrics:
          counters:
            - name: reads_total
              help: "Reads \u00e9."
              perf_event_array: false
              flush_interval: 10s
              labels: &labels
                - name: operation
                  size: 4
                  padding: 4
                  decoders:
                    - name: uint
                    - name: static_map
                      allow_unknown: true
                      static_map:
                        1: read
                        2: 'write'
                - {name: cpu, size: 2, decoders: [{name: uint}]}
            - name: both
              help: >-
                Two
                lines.
              labels: *labels
              values: [{name: a_total, help: A.}, {name: b_total, help: B.}]
          histograms:
            - name: latency_seconds
              help: |
                Latency.
              bucket_type: exp2
              bucket_min: 0
              bucket_max: 26
              bucket_multiplier: 0.000001
              labels: [*bucket]
            - name: sizes
              help: Sizes.
              bucket_type: fixed
              bucket_keys: [1, 2, 5]
              labels: [*bucket]
        kaddrs: [tcp_prot]
        cgroup_id_map: {name: groups, regexps: ["^a.*(b)$"]}
        tracing: {spans: []}
        """;

    private static readonly Gen<string> Token = Gen.OneOf(
        Gen.OneOf(
            "{", "}", "[", "]", ",", ":", ": ", "- ", "? ", "\n", "\n  ", "\n    ", "\r\n", "\t", "#", "'", "\"", "|\n", ">+2\n", "&a ", "*a", "<<: ", "!!str ", "!<x> ", "%YAML 1.1\n", "---\n", "...\n",
            "~", "null", "@", "`", "\\", "\"\\ud83d\"", "\"\\x\"", "\0", "\u0085", "\u2028", "\uFEFF", "😀", "é"),
        Gen.OneOf(
            "metrics", "counters", "histograms", "name", "help", "labels", "size", "padding", "decoders", "uint", "static_map", "regexp", "regexps", "bucket_type", "exp2", "fixed", "linear",
            "bucket_max", "bucket_keys", "bucket_multiplier", "values", "tracing", "programs", "kaddrs", "cgroup_id_map", "cpu", "le"),
        Gen.OneOf("0", "8", "-1", "1e999", "0x7fffffffffffffff", "0o7", "1_0", ".inf", "true", "no", "2147483647", "1.5"));

    [Fact]
    public void The_example_is_valid() => Assert.Equal(5, EbpfExporterConfiguration.Parse(Encoding.UTF8.GetBytes(Valid), ExporterSample.File).Metrics.Count);

    [Fact]
    public void Random_bytes_are_refused_or_read() => Gen.Byte.Array[0, 300].Sample(IsReadOrRefused, iter: 20_000);

    [Fact]
    public void Random_pieces_of_YAML_are_refused_or_read() =>
        Token.Array[0, 60].Sample(tokens => IsReadOrRefused(Encoding.UTF8.GetBytes(string.Concat(tokens))), iter: 30_000);

    [Fact]
    public void Every_beginning_of_a_configuration_is_refused_or_read()
    {
        byte[] whole = Encoding.UTF8.GetBytes(Valid);
        Assert.All(Enumerable.Range(0, whole.Length), length => Assert.True(IsReadOrRefused(whole[..length])));
    }

    [Fact]
    public void Every_change_of_a_few_bytes_is_refused_or_read()
    {
        byte[] whole = Encoding.UTF8.GetBytes(Valid);
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Array[1, 4].Sample(
            changes =>
            {
                byte[] changed = [.. whole];
                foreach (var (at, value) in changes)
                    changed[at] = value;
                return IsReadOrRefused(changed);
            },
            iter: 20_000);
    }

    [Fact]
    public void Lines_that_move_or_are_there_twice_are_refused_or_read()
    {
        string[] lines = Valid.Split('\n');
        Gen.Int[0, lines.Length - 1].Array[lines.Length / 2, 2 * lines.Length].Sample(
            order => IsReadOrRefused(Encoding.UTF8.GetBytes(string.Join('\n', order.Select(at => lines[at])))), iter: 5_000);
    }

    public static TheoryData<string, string> Huge() => new()
    {
        { "brackets", new string('[', 1 << 20) },
        { "braces", new string('{', 1 << 20) },
        { "dashes", string.Concat(Enumerable.Repeat("- ", 1 << 19)) },
        { "question marks", string.Concat(Enumerable.Repeat("? ", 1 << 19)) },
        { "colons", new string(':', 1 << 20) },
        { "anchors", string.Concat(Enumerable.Repeat("&a ", 1 << 18)) },
        { "tags", string.Concat(Enumerable.Repeat("!a ", 1 << 18)) },
        { "lines", new string('\n', 1 << 20) },
        { "spaces", "a:" + new string(' ', (1 << 20) - 3) + "b" },
        { "comments", string.Concat(Enumerable.Repeat("#\n", 1 << 19)) },
        { "one key", new string('k', (1 << 20) - 4) + ": v" },
        { "one quoted text", "a: '" + new string('x', (1 << 20) - 8) + "'" },
        { "an open quote of many lines", "a: '" + string.Concat(Enumerable.Repeat("x\n\n", 1 << 18)) },
        { "a folded text", "a: >\n" + string.Concat(Enumerable.Repeat(" x\n", 1 << 18)) },
        { "a plain text of many lines", "a: x\n" + string.Concat(Enumerable.Repeat(" x\n", 1 << 18)) },
        { "a flat list", "a: [" + string.Concat(Enumerable.Repeat("1,", (1 << 19) - 2)) },
        { "a flat object", string.Concat(Enumerable.Range(0, 80_000).Select(i => $"k{i}: 1\n")) },
        { "a key many times", string.Concat(Enumerable.Repeat("k: 1\n", 1 << 17)) },
        { "labels", ExporterSample.Counter("      labels:\n" + string.Concat(Enumerable.Repeat("        - {name: x, size: 1, decoders: [{name: uint}]}\n", 8_000))) },
        { "a map", ExporterSample.Label("          size: 4\n          decoders:\n            - name: static_map\n              static_map:\n" + string.Concat(Enumerable.Range(0, 40_000).Select(i => $"                {i}: x\n"))) },
        { "directives", string.Concat(Enumerable.Repeat("%TAG ! !\n", 1 << 16)) },
        { "documents", string.Concat(Enumerable.Repeat("---\n", 1 << 18)) },
    };

    [Theory]
    [MemberData(nameof(Huge))]
    public void A_file_of_a_mebibyte_is_refused_or_read_in_bounded_memory(string what, string yaml)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(yaml);
        Assert.InRange(utf8.Length, 1, 1 << 20);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(IsReadOrRefused(utf8), what);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
    }

    private static bool IsReadOrRefused(byte[] utf8)
    {
        try
        {
            return EbpfExporterConfiguration.Parse(utf8, ExporterSample.File).Metrics.Count > 0;
        }
        catch (ConfigurationException e)
        {
            return e.Errors.Count is > 0 and <= 51 && e.Errors.All(static error => error.Problem.Length > 0 && error.Position.Source == ExporterSample.File) && e.Message.Length < 100_000;
        }
    }
}
