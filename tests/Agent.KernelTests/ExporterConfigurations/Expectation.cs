using System.Globalization;
using System.Text;
using EbpfAgent.Bpf;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.ExporterConfigurations;

/// <summary>
/// What ebpf_exporter gives for a configuration after a number of events, as a file beside it says: lines <c>RUN PROGRAM N A B [CPU]</c>, and then the document. A line
/// with <c>{other-cpu}</c> stands once for each possible CPU from the third on.
/// </summary>
internal sealed class Expectation
{
    private const string Run = "RUN ";
    private const string OtherCpu = "{other-cpu}";

    public Expectation(string name, Machine machine)
    {
        string[] lines = File.ReadAllLines(Fixture.PathOf(name + ".txt"));
        Runs = [.. lines.Where(static line => line.StartsWith(Run, StringComparison.Ordinal)).Select(line => ParseRun(machine.Fill(line)))];
        Document = machine.Fill(string.Join('\n', lines.Where(static line => !line.StartsWith(Run, StringComparison.Ordinal)).SelectMany(ForEachCpu)));
    }

    public IReadOnlyList<ProgramInput> Runs { get; }

    public string Document { get; }

    /// <summary>
    /// Holds a document against it: the same families with the same words, and the same samples; their order is free, and numbers are compared as numbers. A sum may differ in its
    /// last digits: there it is a product of doubles (0.0018239999999999999), and here the nearest to the true one (0.001824).
    /// </summary>
    public void Check(string text)
    {
        Assert.Equal(Words(Document), Words(text));
        Assert.Equal(Samples(Document), Samples(text));
    }

    /// <summary>Whether all of its samples are in a document.</summary>
    public bool IsIn(Scrape scrape) => !Samples(Document).Except(scrape.Samples.Select(Write)).Any();

    private static string[] Words(string text) => [.. text.Split('\n').Where(static line => line.StartsWith('#')).Order(StringComparer.Ordinal)];

    private static string[] Samples(string text) => [.. new Scrape(text).Samples.Select(Write).Order(StringComparer.Ordinal)];

    private static string Write(Scrape.Sample sample)
    {
        IEnumerable<string> labels = sample.Labels.OrderBy(static label => label.Key, StringComparer.Ordinal).Select(static label => $"{label.Key}={label.Value}");
        double value = double.Parse(sample.Value, CultureInfo.InvariantCulture);
        bool isSum = sample.Name.EndsWith("_sum", StringComparison.Ordinal);
        return $"{sample.Name} [{string.Join(", ", labels)}] {value.ToString(isSum ? "G15" : "R", CultureInfo.InvariantCulture)}";
    }

    private static IEnumerable<string> ForEachCpu(string line) => line.Contains(OtherCpu, StringComparison.Ordinal)
        ? Enumerable.Range(2, Math.Max(0, PossibleCpus.Count - 2)).Select(cpu => line.Replace(OtherCpu, cpu.ToString(CultureInfo.InvariantCulture)))
        : [line];

    private static ProgramInput ParseRun(string line)
    {
        string[] words = line[Run.Length..].Split(' ');
        return new ProgramInput(words[0], Number(words[1]), Number(words[2]), words.Length > 3 ? Number(words[3]) : 0, words.Length > 4 ? (int)Number(words[4]) : 0);
    }

    // Decimal, 0x and hexadecimal, or up to eight letters between apostrophes.
    private static ulong Number(string word) =>
        word.StartsWith("0x", StringComparison.Ordinal) ? ulong.Parse(word[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        : word.StartsWith('\'') ? Encoding.ASCII.GetBytes(word.Trim('\'')).Reverse().Aggregate(0UL, static (sum, letter) => (sum << 8) | letter)
        : ulong.Parse(word, CultureInfo.InvariantCulture);
}

/// <summary>One run of a program.</summary>
internal sealed record ProgramInput(string Program, ulong N, ulong A, ulong B, int Cpu);
