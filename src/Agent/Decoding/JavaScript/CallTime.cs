using Jint;

namespace EbpfAgent.Decoding.JavaScript;

/// <summary>
/// The wall-clock limit of what runs in an engine: a long one while the modules load, since the agent's own code is compiled
/// then, and on a busy host that alone has taken 100 ms; and the configured one for each call afterwards.
/// </summary>
/// <remarks>Loading runs on a thread of its own, under <c>limits.loadTimeout</c> as well; an endless loop meets the limit of statements long before.</remarks>
internal sealed class CallTime(ScriptLimits limits) : Constraint
{
    private TimeSpan _limit = limits.LoadTimeout;
    private long _started = TimeProvider.System.GetTimestamp();

    // A clock may be read every few statements instead of before each.
    public override bool IsAmortizable => true;

    /// <summary>The modules are loaded: from now on the limit is that of a call.</summary>
    public void EndLoading() => _limit = limits.Timeout;

    public override void Reset() => _started = TimeProvider.System.GetTimestamp();

    public override void Check()
    {
        if (TimeProvider.System.GetElapsedTime(_started) > _limit) throw new TimeoutException();
    }
}
