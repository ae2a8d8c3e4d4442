using EbpfAgent.Lifecycle;
using EbpfAgent.Series;
using Microsoft.Extensions.Time.Testing;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>When a version is tried again, and when no more.</summary>
public sealed class LoadPipelineTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly List<(PluginException Failure, TimeSpan Delay)> _retries = [];
    private readonly List<DateTimeOffset> _attempts = [];
    private readonly RunningPlugin _plugin = new FakeRunning(new FamilyRegistry(), TimeProvider.System).Plugin;

    [Fact]
    public async Task What_succeeds_is_tried_once()
    {
        Assert.Same(_plugin, await Make().ExecuteAsync(Attempt(failures: 0), "p", CancellationToken.None));
        Assert.Single(_attempts);
        Assert.Empty(_retries);
    }

    [Fact]
    public async Task What_waiting_cant_help_is_not_tried_again()
    {
        LoadPipeline pipeline = Make();
        var permanent = new PluginException(PluginError.Verifier, "no");
        for (int i = 0; i < 2 * RetryPipeline.FailuresToOpen; i++)
            Assert.Same(permanent, await Assert.ThrowsAsync<PluginException>(() => pipeline.ExecuteAsync(_ => Task.FromException<RunningPlugin>(permanent), "p", CancellationToken.None)));
        Assert.Empty(_retries);
        Assert.Equal(BreakerState.Closed, pipeline.Breaker);
    }

    [Fact]
    public async Task Each_failure_is_told_with_the_time_of_the_next_attempt()
    {
        Task<RunningPlugin> running = Execute(Make(), Attempt(failures: 3));
        await AdvanceUntilAsync(() => running.IsCompleted);
        Assert.Same(_plugin, await running);
        Assert.Equal(["busy 1", "busy 2", "busy 3"], _retries.Select(static retry => retry.Failure.Message));
        for (int i = 0; i < _retries.Count; i++) Assert.InRange(_attempts[i + 1] - _attempts[i] - _retries[i].Delay, TimeSpan.Zero, TimeSpan.FromSeconds(0.2));
    }

    [Fact]
    public async Task Delays_double_up_to_five_minutes_however_often_it_fails()
    {
        // More than 1,024: two to that power is no number of seconds.
        const int Failures = 1_100;
        Task<RunningPlugin> running = Execute(Make(), Attempt(Failures));
        for (int i = 0; i < 20 * Failures && !running.IsCompleted; i++)
        {
            _time.Advance(RetryPipeline.LongestDelay);
            if (i % 50 == 0) await Task.Yield();
        }

        Assert.Same(_plugin, await running.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        TimeSpan[] delays = [.. _retries.Select(static retry => retry.Delay)];
        Assert.Equal(Failures, delays.Length);
        Assert.InRange(delays[0], TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1.5));
        for (int i = 1; i < 8; i++) Assert.InRange(delays[i] / delays[i - 1], 1.1, 3);
        Assert.All(delays[12..], static delay => Assert.Equal(RetryPipeline.LongestDelay, delay));
    }

    [Fact]
    public async Task Jitter_spreads_the_attempts_of_many_and_stays_in_bounds()
    {
        var firsts = new HashSet<TimeSpan>();
        var random = new Random(7);
        for (int run = 0; run < 100; run++)
        {
            _retries.Clear();
            _attempts.Clear();
            using var end = new CancellationTokenSource();
            Task<RunningPlugin> running = Execute(Make(random.NextDouble), Attempt(int.MaxValue), end.Token);
            for (int i = 0; i < 100 && _retries.Count < 10; i++) _time.Advance(RetryPipeline.LongestDelay);
            await end.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
            firsts.Add(_retries[0].Delay);
            Assert.True(_retries.Count >= 10);
            for (int i = 0; i < _retries.Count; i++)
                Assert.InRange(_retries[i].Delay, TimeSpan.Zero, TimeSpan.FromSeconds(Math.Min(RetryPipeline.LongestDelay.TotalSeconds, Math.Pow(2, i + 1))));
        }

        Assert.InRange(firsts.Count, 90, 100);
    }

    [Fact]
    public async Task After_five_failures_it_is_left_alone_for_five_minutes_and_then_tried_once_to_see()
    {
        LoadPipeline pipeline = Make();
        List<BreakerState> seen = [];
        Func<CancellationToken, Task<RunningPlugin>> attempt = Attempt(RetryPipeline.FailuresToOpen + 1);
        Task<RunningPlugin> running = Execute(pipeline, token =>
        {
            seen.Add(pipeline.Breaker);
            return attempt(token);
        });
        await AdvanceUntilAsync(() => pipeline.Breaker == BreakerState.Open);
        Assert.Equal(RetryPipeline.FailuresToOpen, _attempts.Count);
        DateTimeOffset opened = _attempts[^1];
        await AdvanceUntilAsync(() => _attempts.Count > RetryPipeline.FailuresToOpen);
        Assert.InRange(_attempts[^1] - opened, RetryPipeline.Break, RetryPipeline.Break + TimeSpan.FromSeconds(1));
        Assert.Equal(BreakerState.Open, pipeline.Breaker);
        await AdvanceUntilAsync(() => running.IsCompleted);
        Assert.Same(_plugin, await running);
        Assert.InRange(_attempts[^1] - _attempts[^2], RetryPipeline.Break, RetryPipeline.Break + TimeSpan.FromSeconds(1));
        Assert.Equal(BreakerState.Closed, pipeline.Breaker);
        Assert.Equal([BreakerState.HalfOpen, BreakerState.HalfOpen], seen[RetryPipeline.FailuresToOpen..]);
        // What the open breaker itself says is nobody's failure.
        Assert.Equal(RetryPipeline.FailuresToOpen + 1, _retries.Count);
    }

    [Fact]
    public async Task An_attempt_that_takes_too_long_fails_with_the_limits_name_and_is_tried_again()
    {
        Task<RunningPlugin> running = Execute(Make(), async token =>
        {
            _attempts.Add(_time.GetUtcNow());
            if (_attempts.Count == 1) await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return _plugin;
        });
        _time.Advance(Limit - TimeSpan.FromSeconds(0.1));
        Assert.Empty(_retries);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        // The attempt itself goes on elsewhere.
        Assert.True(SpinWait.SpinUntil(() => _retries.Count == 1, TimeSpan.FromSeconds(10)));
        await AdvanceUntilAsync(() => running.IsCompleted);
        Assert.Same(_plugin, await running);
        PluginException failure = Assert.Single(_retries).Failure;
        Assert.Equal(
            (PluginError.Timeout, "/plugins/p.dll has not loaded within 30 s (limits.loadTimeout); code of its own that doesn't return, or a host that is too busy, is the usual cause"), (failure.Error, failure.Message));
        Assert.True(_attempts[1] - _attempts[0] >= Limit + _retries[0].Delay);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(RetryPipeline.FailuresToOpen)]
    public async Task It_ends_when_it_is_cancelled_in_an_attempt_between_two_and_while_the_breaker_is_open(int failures)
    {
        using var end = new CancellationTokenSource();
        Func<CancellationToken, Task<RunningPlugin>> attempt = Attempt(int.MaxValue);
        Task<RunningPlugin> running = Execute(
            Make(), token => failures == 0 ? Task.Delay(Timeout.InfiniteTimeSpan, token).ContinueWith(_ => _plugin, TaskContinuationOptions.OnlyOnRanToCompletion) : attempt(token), end.Token);
        await AdvanceUntilAsync(() => _attempts.Count >= failures);
        Assert.False(running.IsCompleted);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(failures, _attempts.Count);
    }

    private LoadPipeline Make(Func<double>? randomizer = null) => new(Limit, _time, (failure, delay) => _retries.Add((failure, delay)), randomizer ?? (static () => 0.5));

    // Without the test's own context: what waits goes on at once, on the thread that moves the time.
    private static Task<RunningPlugin> Execute(LoadPipeline pipeline, Func<CancellationToken, Task<RunningPlugin>> attempt, CancellationToken? cancellation = null)
    {
        SynchronizationContext? own = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return pipeline.ExecuteAsync(attempt, "/plugins/p.dll", cancellation ?? CancellationToken.None);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(own);
        }
    }

    private Func<CancellationToken, Task<RunningPlugin>> Attempt(int failures) => _ =>
    {
        _attempts.Add(_time.GetUtcNow());
        return _attempts.Count <= failures
            ? Task.FromException<RunningPlugin>(new PluginException(PluginError.Kernel, $"busy {_attempts.Count}"))
            : Task.FromResult(_plugin);
    };

    private async Task AdvanceUntilAsync(Func<bool> holds)
    {
        for (int i = 0; i < 20_000 && !holds(); i++)
        {
            _time.Advance(TimeSpan.FromSeconds(0.1));
            if (i % 100 == 0) await Task.Yield();
        }

        Assert.True(holds());
    }
}
