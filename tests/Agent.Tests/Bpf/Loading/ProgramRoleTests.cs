using EbpfAgent.Abstractions;
using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Loading;

namespace EbpfAgent.Tests.Bpf.Loading;

/// <summary>Which programs do the same, and what may be left out.</summary>
public sealed class ProgramRoleTests
{
    private static readonly (string, bool)[] Programs = [("third", false), ("first", false), ("second", false), ("other", true)];

    [Fact]
    public void Without_options_each_program_has_its_own_role() =>
        Assert.Equal(["third", "first", "second", "other?"], Describe());

    [Fact]
    public void Stand_ins_come_in_their_order_whatever_the_objects() =>
        Assert.Equal(["first second third", "other?"], Describe(("second", new ProgramOptions { InsteadOf = "first" }), ("third", new ProgramOptions { InsteadOf = "second" })));

    [Fact]
    public void A_role_is_optional_if_one_of_its_programs_is() =>
        Assert.Equal(["third?", "first second?", "other?"], Describe(
            ("second", new ProgramOptions { InsteadOf = "first", IsOptional = true }), ("third", new ProgramOptions { IsOptional = true })));

    [Fact]
    public void A_circle_is_refused()
    {
        var e = Assert.Throws<BpfException>(static () => Describe(("first", new ProgramOptions { InsteadOf = "second" }), ("second", new ProgramOptions { InsteadOf = "first" })));
        Assert.Equal(BpfFailure.Object, e.Failure);
        Assert.Contains("stands in for itself", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_role_can_do_without_is_left_out_and_what_it_needs_is_not()
    {
        LoadOutcome outcome = Outcome(("second", new ProgramOptions { InsteadOf = "first" }));
        BpfException lack = BpfException.With(BpfFailure.Unsupported, "first lacks");
        Assert.False(outcome.TryLeaveOut("third", lack));
        Assert.True(outcome.TryLeaveOut("first", lack));
        Assert.Equal([("first", "second", "first lacks")], outcome.Replaced);
        Assert.Empty(outcome.Unsupported);
        Assert.False(outcome.TryLeaveOut("second", lack));
        Assert.True(outcome.TryLeaveOut("other", BpfException.With(BpfFailure.Verifier, "other is wrong")));
        Assert.Equal([("other", "other is wrong")], outcome.Unsupported);
        Assert.Equal([true, false, true, false], Programs.Select(program => outcome.IsLoaded(program.Item1)));
    }

    [Fact]
    public void The_right_to_load_is_not_a_lack_of_the_kernels() =>
        Assert.False(Outcome().TryLeaveOut("other", BpfException.With(BpfFailure.Permission, "no")));

    [Fact]
    public void An_object_of_which_nothing_is_left_is_unsupported()
    {
        LoadOutcome outcome = Outcome();
        outcome.DemandAny(false);
        Assert.True(outcome.TryLeaveOut("other", BpfException.With(BpfFailure.Unsupported, "no other here")));
        Assert.False(outcome.TryLeaveOut("other", BpfException.With(BpfFailure.Unsupported, "again")));
        outcome.DemandAny(true);
        var e = Assert.Throws<BpfException>(() => outcome.DemandAny(false));
        Assert.Equal((BpfFailure.Unsupported, "a.bpf.o: nothing of it can run here, though each is optional: no other here"), (e.Failure, e.Message));
    }

    private static LoadOutcome Outcome(params (string Name, ProgramOptions Options)[] options) => new("a.bpf.o", Roles(options));

    private static IReadOnlyList<ProgramRole> Roles((string Name, ProgramOptions Options)[] options) =>
        ProgramRole.Of("a.bpf.o", Programs, ObjectOptions.None with { Programs = options.ToDictionary(static one => one.Name, static one => one.Options) });

    private static IEnumerable<string> Describe(params (string Name, ProgramOptions Options)[] options) =>
        [.. Roles(options).Select(static role => string.Join(' ', role.Programs) + (role.IsOptional ? "?" : ""))];
}
