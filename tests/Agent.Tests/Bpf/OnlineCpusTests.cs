using EbpfAgent.Bpf;

namespace EbpfAgent.Tests.Bpf;

public sealed class OnlineCpusTests
{
    [Theory]
    [InlineData("0\n", new[] { 0 })]
    [InlineData("0-3\n", new[] { 0, 1, 2, 3 })]
    [InlineData("0,2-3,7", new[] { 0, 2, 3, 7 })]
    [InlineData("\n", new int[0])]
    [InlineData("", new int[0])]
    [InlineData("3-1", new int[0])]
    public void The_kernels_form_of_a_list_is_read(string list, int[] cpus) => Assert.Equal(cpus, OnlineCpus.Parse(list).Order());

    [Theory]
    [InlineData("a")]
    [InlineData("0-")]
    [InlineData("-1")]
    [InlineData("1-2-3")]
    [InlineData("0-99999999999")]
    public void Another_form_is_refused(string list) => Assert.Throws<FormatException>(() => OnlineCpus.Parse(list));

    [Fact]
    public void The_kernels_own_list_has_a_CPU_and_none_that_is_not_possible() =>
        Assert.InRange(OnlineCpus.Read().Count, 1, PossibleCpus.Count);
}
