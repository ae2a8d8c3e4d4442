using System.IO.Hashing;
using EbpfAgent.Survival;
using Microsoft.Extensions.Time.Testing;

namespace EbpfAgent.Tests.Survival;

public sealed class CrashJournalTests : IDisposable
{
    private static readonly byte[] Hash = XxHash128.Hash("one"u8), OtherHash = XxHash128.Hash("two"u8);

    private readonly FakeTimeProvider _time = new();
    private readonly List<TestFolder> _lives = [];
    private CrashJournal _journal;

    public CrashJournalTests() => _journal = Begin(null);

    public void Dispose() => _lives.ForEach(folder => folder.Dispose());

    [Fact]
    public void A_plugin_that_was_polled_when_the_agent_died_twice_is_quarantined_and_the_others_are_not()
    {
        Poll(_journal.Open("Calm", Hash));
        _journal.Open("Once", Hash).Enter(Activity.Polling);
        _journal.Open("Bad", Hash).Enter(Activity.Polling);

        Die();
        Assert.Equal([Found("Once", "polled"), Found("Bad", "polled")], _journal.Findings);
        Assert.False(_journal.IsQuarantined("Bad", Hash, out string? message));
        Assert.Null(message);
        _journal.Open("Bad", Hash).Enter(Activity.Polling);

        Die();
        Assert.Equal(["the agent has died while plugin 'Bad' was being polled, 2 times by now"], _journal.Findings);
        Assert.True(_journal.IsQuarantined("Bad", Hash, out message));
        Assert.Equal("plugin 'Bad' is not loaded: the agent has died 2 times while it was being polled; replace its files, or try it again with SIGHUP or POST /-/reload", message);
        foreach (string other in new[] { "Once", "Calm", "Unknown" }) Assert.False(_journal.IsQuarantined(other, Hash, out _));

        Die();
        Assert.True(_journal.IsQuarantined("Bad", Hash, out _));
    }

    [Fact]
    public void One_that_dies_at_its_load_is_known_by_that()
    {
        DieIn(Activity.Loading);
        DieIn(Activity.Loading);
        Assert.True(_journal.IsQuarantined("Bad", Hash, out string? message));
        Assert.Contains("2 times while it was being loaded;", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stop_that_was_asked_for_counts_for_nobody()
    {
        for (int i = 0; i < 3; i++)
        {
            _journal.Open("Slow", Hash).Enter(Activity.Polling);
            _journal.Stop();
            Die();
            Assert.Empty(_journal.Findings);
        }

        _journal.Open("Slow", Hash).Enter(Activity.Polling);
        _journal.Dispose();
        Die();
        Assert.Empty(_journal.Findings);
        Assert.False(_journal.IsQuarantined("Slow", Hash, out _));
    }

    [Fact]
    public void The_journal_is_there_for_the_next_agent_of_the_same_folder()
    {
        DieIn(Activity.Polling);
        _journal.Dispose();
        _journal = Open(_lives[^1]);
        DieIn(Activity.Polling);
        Assert.True(_journal.IsQuarantined("Bad", Hash, out _));
    }

    [Theory]
    [InlineData(-1, 2)]
    [InlineData(0, 1)]
    public void Deaths_are_forgotten_after_ten_minutes_and_not_before(int more, int deaths)
    {
        DieIn(Activity.Polling);
        JournalEntry entry = _journal.Open("Bad", Hash);
        _time.Advance(CrashJournal.ForgetsAfter + TimeSpan.FromSeconds(more));
        Poll(entry);
        entry.Enter(Activity.Polling);
        Die();
        Assert.Equal(deaths >= CrashJournal.DeathsToQuarantine, _journal.IsQuarantined("Bad", Hash, out _));
    }

    [Fact]
    public void Another_version_is_innocent_and_the_old_one_is_forgotten_once_it_is_loaded()
    {
        DieIn(Activity.Polling);
        DieIn(Activity.Polling);
        Assert.True(_journal.IsQuarantined("Bad", Hash, out _));
        Assert.False(_journal.IsQuarantined("Bad", OtherHash, out _));
        _journal.Open("Bad", OtherHash);
        Assert.False(_journal.IsQuarantined("Bad", Hash, out _));
    }

    [Fact]
    public void A_version_that_still_runs_is_watched_while_the_next_is_loaded()
    {
        JournalEntry old = _journal.Open("Bad", Hash), next = _journal.Open("Bad", OtherHash);
        next.Enter(Activity.Loading);
        Poll(old);
        Assert.Equal([Found("Bad", "loaded")], FindingsNow());
        old.Enter(Activity.Polling);
        next.Leave();
        Assert.Equal([Found("Bad", "polled")], FindingsNow());
    }

    [Fact]
    public void The_same_version_may_be_loaded_again_while_it_is_polled()
    {
        JournalEntry old = _journal.Open("Bad", Hash), next = _journal.Open("Bad", Hash);
        next.Enter(Activity.Loading);
        Poll(old);
        Assert.Equal([Found("Bad", "loaded")], FindingsNow());
        next.Leave();
        old.Dispose();
        next.Enter(Activity.Polling);
        Assert.Equal([Found("Bad", "polled")], FindingsNow());
        next.Dispose();
        Assert.Empty(FindingsNow());
    }

    [Fact]
    public void One_that_is_forgiven_is_tried_as_if_it_were_new()
    {
        DieIn(Activity.Polling);
        DieIn(Activity.Polling);
        _journal.Forgive("Other");
        Assert.True(_journal.IsQuarantined("Bad", Hash, out _));
        _journal.Forgive("Bad");
        Assert.False(_journal.IsQuarantined("Bad", Hash, out _));
        DieIn(Activity.Polling);
        Assert.False(_journal.IsQuarantined("Bad", Hash, out _));
    }

    [Fact]
    public void A_poll_that_comes_back_after_its_place_is_anothers_marks_nothing()
    {
        JournalEntry hung = _journal.Open("Hung", Hash);
        hung.Enter(Activity.Polling);
        hung.Dispose();
        JournalEntry next = _journal.Open("Next", Hash);
        next.Enter(Activity.Polling);
        hung.Leave();
        hung.Dispose();
        Assert.Equal([Found("Next", "polled")], FindingsNow());
        next.Leave();
        hung.Enter(Activity.Polling);
        Assert.Empty(FindingsNow());
    }

    [Fact]
    public void Marks_after_the_journal_has_gone_are_harmless()
    {
        JournalEntry entry = _journal.Open("Late", Hash);
        _journal.Dispose();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        entry.Enter(Activity.Polling);
        Assert.Empty(FindingsNow());
        entry.Leave();
        entry.Dispose();
    }

    [Fact]
    public void A_second_agent_runs_without_and_says_so()
    {
        StateFolder state = _lives[^1].State;
        Assert.Null(CrashJournal.TryOpen(state, "/other.json", _time, out string? warning));
        Assert.Equal(
            $"{state.Activity} is held by process {Environment.ProcessId} (config {TestFolder.Configuration}); "
            + "a plugin that ends the agent will not be known at the next start, unless this agent is given another stateFolder",
            warning);
        JournalEntry.None.Enter(Activity.Polling);
        JournalEntry.None.Leave();
        JournalEntry.None.Dispose();
    }

    [Fact]
    public void Another_boots_marks_mean_nothing()
    {
        _journal.Open("Bad", Hash).Enter(Activity.Polling);
        byte[] image = Image();
        image[16] ^= 1; // the boot id
        Assert.Empty(Begin(image).Findings);
    }

    [Fact]
    public void More_plugins_than_there_is_room_for_run_without_a_place()
    {
        JournalEntry[] entries = [.. Enumerable.Range(0, ActivityFile.Capacity).Select(i => _journal.Open($"p{i}", Hash))];
        Assert.DoesNotContain(JournalEntry.None, entries);
        Assert.Same(JournalEntry.None, _journal.Open("one more", Hash));
        entries[7].Dispose();
        Assert.NotSame(JournalEntry.None, _journal.Open("one more", Hash));
        Assert.Same(JournalEntry.None, _journal.Open(new string('x', 256), Hash));

        // Of the plugins of a dead agent, those that have done nothing make room.
        entries[8].Enter(Activity.Polling);
        Die();
        for (int i = 0; i < ActivityFile.Capacity - 1; i++) Assert.NotSame(JournalEntry.None, _journal.Open($"q{i}", Hash));
        Assert.Same(JournalEntry.None, _journal.Open("one more", Hash));
        Assert.NotSame(JournalEntry.None, _journal.Open("p8", Hash));
    }

    [Fact]
    public void A_mark_allocates_nothing()
    {
        DieIn(Activity.Polling);
        JournalEntry entry = _journal.Open("Bad", Hash);
        Poll(entry);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) Poll(entry);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static string Found(string plugin, string doing) => $"the agent has died while plugin '{plugin}' was being {doing}; it is tried once more";

    private static void Poll(JournalEntry entry)
    {
        entry.Enter(Activity.Polling);
        entry.Leave();
    }

    private void DieIn(Activity activity)
    {
        _journal.Open("Bad", Hash).Enter(activity);
        Die();
    }

    private void Die() => _journal = Begin(Image());

    private IReadOnlyList<string> FindingsNow()
    {
        byte[] image = Image();
        int life = _lives.Count;
        IReadOnlyList<string> findings = Begin(image).Findings;
        _lives[life].Dispose();
        _lives.RemoveAt(life);
        return findings;
    }

    // What another process would find if this one were killed now: the file as it is, in a folder that nobody holds.
    private byte[] Image() => File.ReadAllBytes(_lives[^1].State.Activity);

    private CrashJournal Begin(byte[]? image)
    {
        var folder = new TestFolder();
        _lives.Add(folder);
        if (image is not null) File.WriteAllBytes(folder.State.Activity, image);
        return Open(folder);
    }

    private CrashJournal Open(TestFolder folder)
    {
        var journal = CrashJournal.TryOpen(folder.State, TestFolder.Configuration, _time, out string? warning);
        Assert.Null(warning);
        return journal!;
    }
}
