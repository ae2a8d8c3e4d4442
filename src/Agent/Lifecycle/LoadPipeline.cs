namespace EbpfAgent.Lifecycle;

/// <summary>
/// How often and for how long one version of a plugin is tried. An attempt has an end, even if the plugin's code has none; what may get better by waiting is tried again,
/// later and later (see <see cref="RetryPipeline"/>).
/// </summary>
/// <remarks>
/// The first attempt is made without the pipeline of the further ones: nearly all plugins need no more, and what it takes to build one, some megabytes of code, is not loaded.
/// </remarks>
/// <param name="timeout">The longest that an attempt may take.</param>
/// <param name="time">The clock.</param>
/// <param name="onRetry">Is told of each failure that another attempt follows, and when.</param>
/// <param name="randomizer">The jitter's source, from 0 to 1; the system's unless a test has its own.</param>
internal sealed class LoadPipeline(TimeSpan timeout, TimeProvider time, Action<PluginException, TimeSpan> onRetry, Func<double>? randomizer = null)
{
    private volatile RetryPipeline? _retries;

    /// <summary>Whether attempts are made (closed), not made for a while (open), or one is made to see (half-open).</summary>
    public BreakerState Breaker => _retries?.Breaker ?? BreakerState.Closed;

    /// <summary>Tries until it succeeds, until waiting can't help, or until it is cancelled.</summary>
    /// <param name="attempt">Ends soon when its token is cancelled.</param>
    /// <param name="subject">The plugin's path, for the message of a time-out.</param>
    /// <param name="cancellation">Ends it for good.</param>
    /// <exception cref="PluginException">Waiting can't help.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<RunningPlugin> ExecuteAsync(Func<CancellationToken, Task<RunningPlugin>> attempt, string subject, CancellationToken cancellation)
    {
        try
        {
            return await LimitAsync(attempt, subject, cancellation);
        }
        catch (PluginException failure) when (failure.IsTransient)
        {
            _retries = new RetryPipeline(time, onRetry, randomizer);
            return await _retries.ContinueAsync(failure, token => LimitAsync(attempt, subject, token), cancellation);
        }
    }

    private async Task<RunningPlugin> LimitAsync(Func<CancellationToken, Task<RunningPlugin>> attempt, string subject, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            return await attempt(either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new PluginException(
                PluginError.Timeout, $"{subject} has not loaded within {timeout.TotalSeconds:0.###} s (limits.loadTimeout); code of its own that doesn't return, or a host that is too busy, is the usual cause");
        }
    }
}

/// <summary>The states of a breaker.</summary>
internal enum BreakerState
{
    /// <summary>Attempts are made.</summary>
    Closed,

    /// <summary>Too many have failed: none is made for a while.</summary>
    Open,

    /// <summary>One is made, to see.</summary>
    HalfOpen,
}
