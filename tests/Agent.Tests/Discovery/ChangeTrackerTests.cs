using EbpfAgent.Discovery;
using Microsoft.Extensions.Time.Testing;

namespace EbpfAgent.Tests.Discovery;

public sealed class ChangeTrackerTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ChangeTracker<string, string> _tracker;

    public ChangeTrackerTests() => _tracker = new(_time);

    [Fact]
    public void What_appears_is_read_after_a_quiet_period_and_not_before()
    {
        Assert.Equal(Step.Wait, See("a"));
        Assert.Equal(Step.Wait, See("a", after: 0.999));
        Assert.Equal(Step.Read, See("a", after: 0.001));
        Assert.True(_tracker.Accept("x", "A"));
        Assert.Equal(Step.Wait, See("a", after: 5));
        Assert.Equal("A", _tracker.Known("x"));
    }

    [Fact]
    public void What_appears_is_read_at_once_if_told_so()
    {
        Assert.Equal(Step.Read, _tracker.Observe("x", Sight.Present, "a", atOnce: true));
        Assert.True(_tracker.Accept("x", "A"));
    }

    [Fact]
    public void Each_change_begins_the_quiet_period_anew()
    {
        for (int i = 0; i < 100; i++) Assert.Equal(Step.Wait, See($"a{i}", after: 0.9));
        Assert.Equal(Step.Wait, See("a99", after: 0.9));
        Assert.Equal(Step.Read, See("a99", after: 0.1));
    }

    [Theory]
    [InlineData("A", false)]
    [InlineData("B", true)]
    public void Another_stamp_is_a_change_only_with_another_content(string content, bool isChange)
    {
        Rest("a", "A");
        Assert.Equal(Step.Wait, See("b"));
        Assert.Equal(Step.Read, See("b", after: 1));
        Assert.Equal(isChange, _tracker.Accept("x", content));
        Assert.Equal(Step.Wait, See("b", after: 1));
    }

    [Fact]
    public void A_stamp_that_comes_back_is_read_too()
    {
        Rest("a", "A");
        See("b", after: 0.4);
        Assert.Equal(Step.Wait, See("a", after: 0.4));
        Assert.Equal(Step.Read, See("a", after: 1));
        Assert.False(_tracker.Accept("x", "A"));
    }

    [Fact]
    public void Gone_is_what_was_absent_for_a_quiet_period()
    {
        Rest("a", "A");
        Assert.Equal(Step.Wait, Miss());
        Assert.Equal(Step.Wait, Miss(after: 0.999));
        Assert.Equal(Step.Gone, Miss(after: 0.001));
        Assert.False(_tracker.IsTracked("x"));
        Assert.Equal(Step.Wait, Miss(after: 5));
    }

    [Theory]
    [InlineData("A", false)]
    [InlineData("B", true)]
    public void What_was_absent_for_less_is_unchanged_or_changed(string content, bool isChange)
    {
        Rest("a", "A");
        Miss();
        Miss(after: 0.9);
        Assert.Equal(Step.Wait, See("a", after: 0.05));
        Assert.Equal(Step.Read, See("a", after: 1));
        Assert.Equal(isChange, _tracker.Accept("x", content));
    }

    [Fact]
    public void What_comes_back_after_it_was_gone_is_new()
    {
        Rest("a", "A");
        Miss();
        Assert.Equal(Step.Gone, Miss(after: 1));
        See("a");
        Assert.Equal(Step.Read, See("a", after: 1));
        Assert.True(_tracker.Accept("x", "A"));
    }

    [Fact]
    public void What_was_never_known_goes_without_a_word()
    {
        See("a");
        Assert.Equal(Step.Wait, Miss(after: 0.5));
        Assert.Equal(Step.Wait, Miss(after: 1));
        Assert.False(_tracker.IsTracked("x"));
    }

    [Fact]
    public void Absent_from_the_start_is_nothing()
    {
        Assert.Equal(Step.Wait, Miss());
        Assert.Empty(_tracker.Names);
    }

    [Fact]
    public void What_is_known_and_can_not_be_seen_stays()
    {
        Rest("a", "A");
        for (int i = 0; i < 100; i++) Assert.Equal(Step.Wait, Hide(after: 1));
        Assert.Equal("A", _tracker.Known("x"));
        Assert.False(_tracker.IsRestless("x"));
    }

    [Fact]
    public void Not_seen_does_not_count_as_absent()
    {
        Rest("a", "A");
        Miss();
        Hide(after: 0.9);
        Assert.Equal(Step.Wait, Miss(after: 0.9));
        Assert.Equal(Step.Wait, Miss(after: 0.9));
        Assert.Equal(Step.Gone, Miss(after: 0.1));
    }

    [Fact]
    public void What_can_be_seen_again_is_read_again()
    {
        Rest("a", "A");
        Hide();
        Assert.Equal(Step.Wait, See("a", after: 10));
        Assert.Equal(Step.Read, See("a", after: 1));
        Assert.False(_tracker.Accept("x", "A"));
    }

    [Fact]
    public void What_is_unknown_and_can_not_be_seen_is_told_once()
    {
        Assert.Equal(Step.Wait, Hide());
        Assert.Equal(Step.Read, Hide(after: 1));
        Assert.True(_tracker.Accept("x", "unreadable"));
        Assert.Equal(Step.Wait, Hide(after: 60));
        See("a");
        Assert.Equal(Step.Read, See("a", after: 1));
        Assert.True(_tracker.Accept("x", "A"));
    }

    [Fact]
    public void What_moved_while_it_was_read_waits_for_another_quiet_period()
    {
        See("a");
        Assert.Equal(Step.Read, See("a", after: 1));
        _tracker.Defer("x");
        Assert.Equal(Step.Wait, See("a", after: 0.9));
        Assert.Equal(Step.Read, See("a", after: 0.1));
        Assert.Null(_tracker.Known("x"));
    }

    [Fact]
    public void What_rests_is_read_once_in_each_period()
    {
        Rest("a", "A");
        for (int period = 0; period < 10; period++)
        {
            int readings = 0;
            for (int i = 0; i < 300; i++)
            {
                if (See("a", after: 0.1) != Step.Read) continue;
                readings++;
                Assert.False(_tracker.Accept("x", "A"));
            }

            Assert.Equal(1, readings);
        }
    }

    [Fact]
    public void Another_content_behind_the_same_stamp_is_a_change()
    {
        Rest("a", "A");
        _time.Advance(ChangeTracker.ReadPeriod);
        Assert.Equal(Step.Read, See("a"));
        Assert.True(_tracker.Accept("x", "B"));
    }

    [Fact]
    public void The_readings_of_many_are_spread_over_the_period()
    {
        string[] names = [.. Enumerable.Range(0, 320).Select(static i => $"n{i}")];
        foreach (string name in names) _tracker.Observe(name, Sight.Present, "a", atOnce: true);
        foreach (string name in names) _tracker.Accept(name, "A");
        List<int> readings = [];
        for (int i = 0; i < 75; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(0.4));
            string[] due = [.. names.Where(name => _tracker.Observe(name, Sight.Present, "a", atOnce: false) == Step.Read)];
            foreach (string name in due) _tracker.Accept(name, "A");
            readings.Add(due.Length);
        }

        Assert.Equal(320, readings.Sum());
        Assert.Equal(20, readings.Max());
    }

    [Fact]
    public void Told_to_do_it_at_once_it_reads_what_rests_and_what_moves_and_says_what_is_gone()
    {
        Rest("a", "A");
        Assert.Equal(Step.Read, _tracker.Observe("x", Sight.Present, "a", atOnce: true));
        Assert.False(_tracker.Accept("x", "A"));
        Assert.Equal(Step.Read, _tracker.Observe("x", Sight.Present, "b", atOnce: true));
        Assert.True(_tracker.Accept("x", "B"));
        Assert.Equal(Step.Wait, _tracker.Observe("x", Sight.Unreadable, stamp: null, atOnce: true));
        Assert.Equal(Step.Gone, _tracker.Observe("x", Sight.Absent, stamp: null, atOnce: true));
    }

    [Fact]
    public void A_content_that_is_put_in_place_is_what_the_next_is_compared_with()
    {
        Rest("a", "A");
        _tracker.Rebase("x", "B");
        See("b");
        Assert.Equal(Step.Read, See("b", after: 1));
        Assert.False(_tracker.Accept("x", "B"));
    }

    [Fact]
    public void Restless_is_what_has_moved_for_thirty_seconds()
    {
        Rest("a", "A");
        for (int i = 0; i <= 60; i++)
        {
            Assert.False(_tracker.IsRestless("x"));
            See($"b{i}", after: 0.5);
        }

        Assert.True(_tracker.IsRestless("x"));
        Assert.Equal(Step.Read, See("b60", after: 1));
        Assert.True(_tracker.IsRestless("x"));
        _tracker.Accept("x", "B");
        Assert.False(_tracker.IsRestless("x"));
        See("c", after: 1);
        Assert.False(_tracker.IsRestless("x"));
    }

    [Fact]
    public void What_moves_does_not_keep_another_from_its_rest()
    {
        for (int i = 0; i < 4; i++)
        {
            See($"a{i}", after: 0.5);
            _tracker.Observe("y", Sight.Present, "b", atOnce: false);
        }

        Assert.Equal(Step.Read, _tracker.Observe("y", Sight.Present, "b", atOnce: false));
    }

    [Fact]
    public void Names_are_the_same_in_any_case()
    {
        Rest("a", "A");
        Assert.Equal("A", _tracker.Known("X"));
        Assert.Equal(Step.Wait, _tracker.Observe("X", Sight.Present, "a", atOnce: false));
        Assert.Single(_tracker.Names);
    }

    private void Rest(string stamp, string content)
    {
        Assert.Equal(Step.Read, _tracker.Observe("x", Sight.Present, stamp, atOnce: true));
        Assert.True(_tracker.Accept("x", content));
    }

    private Step See(string stamp, double after = 0) => Look(Sight.Present, stamp, after);

    private Step Miss(double after = 0) => Look(Sight.Absent, stamp: null, after);

    private Step Hide(double after = 0) => Look(Sight.Unreadable, stamp: null, after);

    private Step Look(Sight sight, string? stamp, double after)
    {
        _time.Advance(TimeSpan.FromSeconds(after));
        return _tracker.Observe("x", sight, stamp, atOnce: false);
    }
}
