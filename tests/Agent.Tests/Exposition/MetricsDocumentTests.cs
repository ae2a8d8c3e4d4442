using System.Text;
using EbpfAgent.Exposition;
using EbpfAgent.Folding;
using EbpfAgent.Series;
using EbpfAgent.Tests.Series;

namespace EbpfAgent.Tests.Exposition;

/// <summary>One document of all families, and its limit.</summary>
public sealed class MetricsDocumentTests
{
    private readonly FamilyRegistry _registry = new();
    private readonly ExpositionBuffer _buffer = new();
    private readonly MetricsDocument _document;

    public MetricsDocumentTests() => _document = new MetricsDocument(_registry);

    [Fact]
    public void Families_come_in_the_order_of_their_names_whoever_owns_them()
    {
        Add("c", keys: 1);
        Add("a", keys: 1);
        Add("b", keys: 1);
        Assert.Equal(["a", "b", "c"], Names(Write()));
    }

    [Fact]
    public void One_that_is_too_large_is_left_out_as_a_whole_and_a_smaller_one_after_it_fits()
    {
        Add("a", keys: 1);
        Add("b", keys: 50);
        Add("c", keys: 1);
        string all = Write();
        string a = Part(all, "a"), b = Part(all, "b"), c = Part(all, "c");
        _document.MostBytes = a.Length + c.Length;
        Assert.Equal((a + c, 1), (Write(), _document.LeftOut));
        _document.MostBytes = a.Length + b.Length - 1;
        Assert.Equal((a + c, 1), (Write(), _document.LeftOut));
        _document.MostBytes = a.Length + b.Length;
        Assert.Equal((a + b, 1), (Write(), _document.LeftOut));
        _document.MostBytes = all.Length;
        Assert.Equal((all, 0), (Write(), _document.LeftOut));
        _document.MostBytes = 1;
        Assert.Equal(("", 3), (Write(), _document.LeftOut));
    }

    [Fact]
    public void Nothing_is_left_of_one_that_went_over_several_chunks()
    {
        Add("a", keys: 3);
        Add("b", keys: 256, buckets: 200);
        Add("c", keys: 3);
        string all = Write();
        Assert.True(_buffer.Chunks > 2);
        string a = Part(all, "a"), c = Part(all, "c");
        _document.MostBytes = a.Length + c.Length;
        for (int again = 0; again < 3; again++) Assert.Equal((a + c, 1), (Write(), _document.LeftOut));
        Assert.Equal(1, _buffer.Chunks);
        _document.MostBytes = long.MaxValue;
        Assert.Equal((all, 0), (Write(), _document.LeftOut));
    }

    [Fact]
    public void One_that_is_left_out_takes_nothing_of_a_chunk_that_others_have_begun()
    {
        // The first fills a chunk and begins another, the second goes over its end.
        Add("a", keys: 200, buckets: 100);
        Add("b", keys: 256, buckets: 100);
        Add("c", keys: 200, buckets: 100);
        string all = Write();
        string a = Part(all, "a"), c = Part(all, "c");
        Assert.True(a.Length > 1 << 20);
        _document.MostBytes = a.Length + c.Length;
        Assert.Equal((a + c, 1), (Write(), _document.LeftOut));
        Assert.Equal(a.Length + c.Length, _buffer.Length);
    }

    [Fact]
    public void A_family_that_took_the_place_of_another_is_written_with_its_own_bounds()
    {
        Add("a", keys: 1);
        Assert.DoesNotContain("le=\"3\"", Write(), StringComparison.Ordinal);
        _registry.Publish("a", [Family("a", keys: 1, buckets: 5)]);
        Assert.Contains("le=\"3\"", Write(), StringComparison.Ordinal);
    }

    private void Add(string name, int keys, int buckets = 1)
    {
        Assert.Null(_registry.Reserve([name], name));
        _registry.Publish(name, [Family(name, keys, buckets)]);
    }

    private static CumulativeFamily Family(string name, int keys, int buckets)
    {
        var description = new FamilyDescription(name, "A test.", ["x"], BucketScheme.Linear(0, 1, buckets, UnitScale.One), HasSum: true);
        string padding = new('p', 40);
        var family = new CumulativeFamily(description, 1, new StubDecoder(key => [$"{padding}{key}"], "x"), new SeriesLimits(1000, 64), new Lock(), TimeProvider.System);
        family.Begin();
        for (int key = 0; key < keys; key++) family.Stage([(byte)key])[1] = (ulong)key + 1;
        lock (family.Gate) family.Commit();
        return family;
    }

    private string Write()
    {
        _buffer.Clear();
        _document.Write(_buffer);
        var text = new StringBuilder();
        for (int chunk = 0; chunk < _buffer.Chunks; chunk++) text.Append(Encoding.UTF8.GetString(_buffer[chunk].Span));
        Assert.Equal(text.Length, _buffer.Length);
        return text.ToString();
    }

    private static string[] Names(string document) => [.. document.Split('\n').Where(static line => line.StartsWith("# TYPE", StringComparison.Ordinal)).Select(static line => line.Split(' ')[2])];

    private static string Part(string document, string name)
    {
        int begin = document.IndexOf($"# HELP {name} ", StringComparison.Ordinal);
        int end = document.IndexOf("# HELP ", begin + 1, StringComparison.Ordinal);
        return end < 0 ? document[begin..] : document[begin..end];
    }
}
