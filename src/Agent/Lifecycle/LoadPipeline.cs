using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace EbpfAgent.Lifecycle;

/// <summary>
/// How often and for how long one version of a plugin is tried. What may get better by waiting is tried again, later and later; after a row of failures it is left alone
/// for a while; and an attempt has an end, even if the plugin's code has none.
/// </summary>
/// <remarks>Knows nothing of plugins but their errors, and no clock but the one it is given.</remarks>
internal sealed class LoadPipeline
{
    public static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(5);

    /// <summary>So many failures in a row open the breaker.</summary>
    public const int FailuresToOpen = 5;

    public static readonly TimeSpan Break = TimeSpan.FromMinutes(5);

    private readonly CircuitBreakerStateProvider _breaker = new();
    private readonly ResiliencePipeline<RunningPlugin> _pipeline;

    /// <param name="timeout">The longest that an attempt may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="onRetry">Is told of each failure that another attempt follows, and when.</param>
    /// <param name="randomizer">The jitter's source, from 0 to 1; the system's unless a test has its own.</param>
    public LoadPipeline(TimeSpan timeout, TimeProvider time, Action<PluginException, TimeSpan> onRetry, Func<double>? randomizer = null)
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
                // Long enough to see the backoff's own first attempts as one row.
                SamplingDuration = TimeSpan.FromMinutes(30),
                BreakDuration = Break,
                StateProvider = _breaker,
            })
            .AddTimeout(timeout)
            .Build();
        Timeout = timeout;
    }

    /// <summary>The longest that an attempt may take.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>Whether attempts are made (closed), not made for a while (open), or one is made to see (half-open).</summary>
    public CircuitState Breaker => _breaker.CircuitState;

    /// <summary>Tries until it succeeds, until waiting can't help, or until it is cancelled.</summary>
    /// <param name="attempt">Ends soon when its token is cancelled.</param>
    /// <param name="subject">The plugin's path, for the message of a time-out.</param>
    /// <param name="cancellation">Ends it for good.</param>
    /// <exception cref="PluginException">Waiting can't help.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<RunningPlugin> ExecuteAsync(Func<CancellationToken, Task<RunningPlugin>> attempt, string subject, CancellationToken cancellation) =>
        await _pipeline.ExecuteAsync(async token => await LimitAsync(attempt, subject, token, cancellation), cancellation);

    // The time-out below would be an exception of Polly's, which says nothing of the plugin.
    private async Task<RunningPlugin> LimitAsync(Func<CancellationToken, Task<RunningPlugin>> attempt, string subject, CancellationToken limited, CancellationToken cancellation)
    {
        try
        {
            return await attempt(limited);
        }
        catch (OperationCanceledException) when (limited.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new PluginException(
                PluginError.Timeout, $"{subject} has not loaded within {Timeout.TotalSeconds:0.###} s (limits.loadTimeout); its constructor or its properties don't return");
        }
    }

    private static bool IsTransient(Exception? failure) => failure is PluginException { IsTransient: true };
}
