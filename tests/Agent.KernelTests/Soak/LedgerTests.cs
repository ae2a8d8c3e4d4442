namespace EbpfAgent.Tests.Soak;

/// <summary>The model sees what it is there to see. Needs no kernel.</summary>
public sealed class LedgerTests
{
    private readonly Ledger _ledger = new();

    [Fact]
    public void What_was_counted_by_the_first_labelling_is_in_the_sets_a()
    {
        Assert.True(_ledger.Check(Events(3, 4), Shown(a: 7)).IsExact);
        Assert.True(_ledger.Check(Events(5, 6), Shown(a: 11)).IsExact);
    }

    [Fact]
    public void A_missing_event_is_lost_and_one_too_many_is_doubled_each_once()
    {
        Finding finding = _ledger.Check(Events(3, 4), Shown(a: 6));
        Assert.Equal((1L, 0L), (finding.Lost, finding.Doubled));
        Assert.Equal(["a0 counts 6 of 7 events"], finding.Problems);
        // It goes on from what is shown: the same loss is not found again.
        Assert.True(_ledger.Check(Events(4, 4), Shown(a: 7)).IsExact);
        finding = _ledger.Check(Events(4, 5), Shown(a: 10));
        Assert.Equal((0L, 2L), (finding.Lost, finding.Doubled));
    }

    [Fact]
    public void Relabelled_at_rest_a_new_label_set_counts_from_then_on_and_the_old_one_is_gone_and_remembered()
    {
        _ledger.Relabel(Labelling.Second, Events(3, 4));
        Assert.Equal(["a0 is still there"], _ledger.Compare(Events(4, 4), Shown(a: 7, b: 1)).Problems);
        Assert.True(_ledger.Check(Events(4, 4), Shown(b: 1)).IsExact);
        _ledger.Relabel(Labelling.First, Events(4, 4));
        Assert.False(_ledger.Compare(Events(5, 4), Shown(a: 1)).IsExact);
        Assert.True(_ledger.Check(Events(5, 4), Shown(a: 8)).IsExact);
    }

    [Fact]
    public void Relabelled_under_load_both_together_count_all()
    {
        _ledger.Check(Events(3, 4), Shown(a: 7));
        _ledger.Relabel(Labelling.Both, events: null);
        Assert.True(_ledger.Compare(Events(13, 14), Shown(a: 20, b: 7)).IsExact);
        Finding finding = _ledger.Check(Events(13, 14), Shown(a: 20, b: 8));
        Assert.Equal((0L, 1L), (finding.Lost, finding.Doubled));
        // From here on each is known again.
        Assert.True(_ledger.Check(Events(15, 15), Shown(a: 22, b: 9)).IsExact);
    }

    [Fact]
    public void An_event_lost_while_its_set_was_hidden_shows_when_it_returns()
    {
        _ledger.Check(Events(3, 4), Shown(a: 7));
        _ledger.Relabel(Labelling.Second, events: null);
        // 20 events in all, 13 of them since: 8 are seen, so the other 5 must be in a0.
        Assert.True(_ledger.Check(Events(13, 7), Shown(b: 8)).IsExact);
        _ledger.Relabel(Labelling.Both, Events(13, 7));
        Finding finding = _ledger.Check(Events(14, 8), Shown(a: 12, b: 9));
        Assert.Equal((1L, 0L), (finding.Lost, finding.Doubled));
    }

    [Fact]
    public void More_than_all_events_since_are_too_many_even_with_a_set_hidden()
    {
        _ledger.Check(Events(3, 4), Shown(a: 7));
        _ledger.Relabel(Labelling.Second, events: null);
        Assert.Contains("a0 has 6, which is not between 7 and 20", _ledger.Compare(Events(13, 7), Shown(b: 14)).Problems);
    }

    [Fact]
    public void In_a_new_map_label_sets_stay_or_go_as_they_like()
    {
        _ledger.Check(Events(3, 4), Shown(a: 7));
        _ledger.ChangeMap();
        _ledger.Relabel(Labelling.Second, Events(3, 4));
        Assert.True(_ledger.Compare(Events(4, 4), Shown(a: 7, b: 1)).IsExact);
        Assert.True(_ledger.Compare(Events(4, 4), Shown(b: 1)).IsExact);
        Assert.False(_ledger.Compare(Events(4, 4), Shown(a: 8, b: 1)).IsExact);
    }

    [Fact]
    public void What_happened_while_it_was_away_is_not_counted()
    {
        _ledger.Check(Events(3, 4), Shown(a: 7));
        _ledger.Return(Events(10, 10));
        Assert.True(_ledger.Check(Events(11, 10), Shown(a: 8)).IsExact);
    }

    [Fact]
    public void Under_another_name_it_begins_at_zero_and_goes_on_when_the_name_returns()
    {
        _ledger.Check(Events(3, 4), Shown(a: 7));
        _ledger.Rename("x", "y", Events(3, 4));
        Assert.True(_ledger.Check(Events(4, 5), Shown(a: 2)).IsExact);
        _ledger.Rename("y", "x", Events(4, 5));
        Assert.True(_ledger.Check(Events(5, 5), Shown(a: 8)).IsExact);
        _ledger.Rename("x", "y", Events(5, 5));
        Assert.True(_ledger.Check(Events(5, 6), Shown(a: 3)).IsExact);
    }

    [Fact]
    public void What_is_forgotten_begins_at_zero()
    {
        _ledger.Check(Events(3, 4), Shown(a: 7));
        _ledger.Forget(Events(10, 10));
        Assert.True(_ledger.Check(Events(11, 10), Shown(a: 1)).IsExact);
    }

    [Fact]
    public void A_label_set_that_counts_and_is_not_there_is_missed() =>
        Assert.Equal(["a0 is not there"], _ledger.Compare(Events(1, 0), Shown()).Problems);

    // Of the first pair; there is nothing of the others.
    private static long[] Events(long even, long odd) => [even, odd, .. new long[Keys.Count - 2]];

    private static long?[,] Shown(long? a = null, long? b = null)
    {
        var shown = new long?[Keys.Pairs, Keys.Sets];
        (shown[0, 0], shown[0, 1]) = (a, b);
        return shown;
    }
}
