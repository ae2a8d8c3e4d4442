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
}
