using EbpfAgent.Folding;
using EbpfAgent.Series;

namespace EbpfAgent.Tests.Series;

public sealed class FamilyRegistryTests
{
    private readonly FamilyRegistry _registry = new();

    [Fact]
    public void A_name_has_one_owner()
    {
        Assert.Null(_registry.Reserve(["a"], "first"));
        Assert.Equal(("a", "first"), _registry.Reserve(["a"], "second"));
    }

    [Theory]
    [InlineData("a_count")]
    [InlineData("a_sum")]
    [InlineData("a_bucket")]
    public void The_lines_of_a_histogram_are_its_names_too(string name)
    {
        Assert.Null(_registry.Reserve(["a"], "first"));
        Assert.Equal((name, "first"), _registry.Reserve([name], "second"));
    }

    [Fact]
    public void Of_several_names_all_are_taken_or_none()
    {
        Assert.Null(_registry.Reserve(["a"], "first"));
        Assert.NotNull(_registry.Reserve(["b", "a"], "second"));
        Assert.Null(_registry.Reserve(["b"], "third"));
    }

    [Fact]
    public void A_plugin_can_not_name_two_metrics_alike() => Assert.Equal(("a", "first"), _registry.Reserve(["a", "a"], "first"));

    [Fact]
    public void A_name_that_was_given_back_is_free()
    {
        _registry.Reserve(["a"], "first");
        _registry.Release("first");
        Assert.Null(_registry.Reserve(["a"], "second"));
    }

    [Fact]
    public void An_owner_may_claim_again_what_it_has()
    {
        _registry.Reserve(["a", "b"], "first");
        Assert.Null(_registry.Reserve(["b", "c"], "first"));
        Assert.Equal(("a", "first"), _registry.Reserve(["a"], "second"));
        Assert.Equal(("c", "first"), _registry.Reserve(["c"], "second"));
    }

    [Fact]
    public void What_an_owner_publishes_replaces_what_it_had_and_names_out_of_use_are_free()
    {
        CumulativeFamily a = Family("a"), b = Family("b"), newB = Family("b"), other = Family("other");
        Publish("first", a, b);
        Publish("second", other);
        _registry.Reserve(["b", "c"], "first");
        Assert.Same(b, _registry.Families["b"]);
        _registry.Publish("first", [newB]);
        Assert.Equal(["b", "other"], _registry.Families.Keys);
        Assert.Same(newB, _registry.Families["b"]);
        Assert.Null(_registry.Reserve(["a", "c"], "third"));
        Assert.NotNull(_registry.Reserve(["b_sum"], "third"));
    }

    [Fact]
    public void A_list_of_families_that_was_taken_does_not_change()
    {
        Publish("first", Family("a"), Family("b"));
        var taken = _registry.Families;
        _registry.Publish("first", []);
        Assert.Equal(["a", "b"], taken.Keys);
        Assert.Empty(_registry.Families);
    }

    [Fact]
    public void A_reload_that_fails_gives_back_what_it_alone_had_reserved()
    {
        CumulativeFamily a = Family("a");
        Publish("first", a);
        _registry.Reserve(["a", "b"], "first");
        _registry.Cancel("first");
        Assert.Same(a, _registry.Families["a"]);
        Assert.Null(_registry.Reserve(["b"], "second"));
        Assert.Equal(("a_count", "first"), _registry.Reserve(["a_count"], "second"));
    }

    [Fact]
    public void A_first_load_that_fails_gives_all_back()
    {
        _registry.Reserve(["a"], "first");
        _registry.Cancel("first");
        Assert.Null(_registry.Reserve(["a"], "second"));
    }

    [Fact]
    public void A_new_name_may_be_a_line_of_an_old_one_of_the_same_owner()
    {
        Publish("first", Family("a"));
        Assert.Null(_registry.Reserve(["a_count"], "first"));
        _registry.Publish("first", [Family("a_count")]);
        Assert.Equal(["a_count"], _registry.Families.Keys);
        Assert.Equal(("a_count", "first"), _registry.Reserve(["a"], "second"));
        Assert.Null(_registry.Reserve(["a_sum"], "second"));
    }

    [Theory]
    [InlineData("second")]
    [InlineData("nobody")]
    public void Only_what_is_reserved_can_be_published(string owner)
    {
        Publish("first", Family("a"));
        _registry.Reserve(["b"], "second");
        var refused = Assert.Throws<InvalidOperationException>(() => _registry.Publish(owner, [Family("a")]));
        Assert.Equal($"metric 'a' is not reserved for '{owner}'; reserve it before it is published", refused.Message);
        Assert.Single(_registry.Families);
    }

    private void Publish(string owner, params CumulativeFamily[] families)
    {
        Assert.Null(_registry.Reserve([.. families.Select(static family => family.Description.Name)], owner));
        _registry.Publish(owner, families);
    }

    private static CumulativeFamily Family(string name)
    {
        StubDecoder decoder = new(static _ => []);
        return new CumulativeFamily(
            new FamilyDescription(name, "A test.", [], BucketScheme.Explicit([1], UnitScale.One), HasSum: true), 1, decoder, new SeriesLimits(10, 64), new Lock(), TimeProvider.System);
    }
}
