using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace EbpfAgent.Lifecycle;

/// <summary>
/// The attempts after the first: at growing distances with a ceiling, scattered so that plugins that have failed together are not tried together, and after a row of failures
/// none for a while.
/// </summary>
/// <remarks>Knows nothing of plugins but their errors, and no clock but the one it is given.</remarks>
internal sealed class RetryPipeline
{
    public static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(5);

    /// <summary>So many failures in a row open the breaker.</summary>
    public const int FailuresToOpen = 5;

    public static readonly TimeSpan Break = TimeSpan.FromMinutes(5);

    private readonly CircuitBreakerStateProvider _breaker = new();
    private readonly ResiliencePipeline<RunningPlugin> _pipeline;

    /// <param name="time">The clock.</param>
    /// <param name="onRetry">Is told of each failure that another attempt follows, and when.</param>
    /// <param name="randomizer">The jitter's source, from 0 to 1; the system's if null.</param>
    public RetryPipeline(TimeProvider time, Action<PluginException, TimeSpan> onRetry, Func<double>? randomizer)
    {
        var retry = new RetryStrategyOptions<RunningPlugin>
        {
            ShouldHandle = static attempt => ValueTask.FromResult(attempt.Outcome.Exception is BrokenCircuitException || IsTransient(attempt.Outcome.Exception)),
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            Delay = FirstDelay,
            MaxDelay = LongestDelay,
            UseJitter = true,
            // While the breaker is open there is nothing to try: the next attempt is when it closes.
            DelayGenerator = static attempt => ValueTask.FromResult(attempt.Outcome.Exception is BrokenCircuitException { RetryAfter: var after } ? after : null),
            OnRetry = attempt =>
            {
                if (attempt.Outcome.Exception is PluginException failure) onRetry(failure, attempt.RetryDelay);
                return default;
            },
        };
        if (randomizer is not null) retry.Randomizer = randomizer;
        _pipeline = new ResiliencePipelineBuilder<RunningPlugin> { TimeProvider = time }
            .AddRetry(retry)
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<RunningPlugin>
            {
                ShouldHandle = static attempt => ValueTask.FromResult(IsTransient(attempt.Outcome.Exception)),
                FailureRatio = 1,
                MinimumThroughput = FailuresToOpen,
                // Long enough to see the first attempts as one row.
                SamplingDuration = TimeSpan.FromMinutes(30),
                BreakDuration = Break,
                StateProvider = _breaker,
            })
            .Build();
    }

    public BreakerState Breaker => _breaker.CircuitState switch
    {
        CircuitState.Closed => BreakerState.Closed,
        CircuitState.HalfOpen => BreakerState.HalfOpen,
        _ => BreakerState.Open,
    };

    /// <summary>Goes on after a first attempt that has failed, until one succeeds, until waiting can't help, or until it is cancelled.</summary>
    /// <exception cref="PluginException">Waiting can't help.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<RunningPlugin> ContinueAsync(PluginException first, Func<CancellationToken, Task<RunningPlugin>> attempt, CancellationToken cancellation)
    {
        // It counts as the first of the row.
        PluginException? failure = first;
        return await _pipeline.ExecuteAsync(
            async token => Interlocked.Exchange(ref failure, null) is { } made ? throw made : await attempt(token), cancellation);
    }

    private static bool IsTransient(Exception? failure) => failure is PluginException { IsTransient: true };
}
