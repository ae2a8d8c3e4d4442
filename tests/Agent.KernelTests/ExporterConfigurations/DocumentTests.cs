using EbpfAgent.Bpf;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.ExporterConfigurations;

/// <summary>
/// Configurations with the document that ebpf_exporter gives for them by its source. Those called <c>indep_</c> were written from its documentation, and not to fit the reader.
/// </summary>
public sealed class DocumentTests : KernelTest, IDisposable
{
    private readonly Machine _machine = new();

    public static TheoryData<string> Names => [.. Directory.EnumerateFiles(Fixture.Folder, "*.txt").Select(static path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal)];

    public void Dispose() => _machine.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_configuration_gives_what_ebpf_exporter_gives(string name)
    {
        var expected = new Expectation(name, _machine);
        Assert.SkipUnless(expected.Runs.All(static run => run.Cpu < PossibleCpus.Count), "needs two CPUs");
        using PolledPlugin plugin = ExporterPlugin.LoadFixture(name);
        foreach (ProgramInput run in expected.Runs) plugin.Run(run);
        expected.Check(plugin.Poll().Text);
        // Nothing is added by being read twice.
        expected.Check(plugin.Poll().Text);
    }

    [Fact]
    public void A_value_that_falls_is_shown_as_it_is()
    {
        using PolledPlugin plugin = ExporterPlugin.LoadFixture("indep_jit_pages");
        foreach (ulong pages in (ulong[])[4096, 10, 0, ulong.MaxValue])
        {
            plugin.Observe("set", pages, 0);
            Assert.Equal((double)pages, plugin.Poll().Number("ebpf_exporter_jit_pages_in_use"));
        }
    }

    [Fact]
    public void There_are_as_many_as_were_written() => Assert.Equal(28 + 4, Names.Count);
}
