namespace EbpfAgent.Polling;

/// <summary>Events that were sent and are in no count, since the first version of the plugin.</summary>
/// <param name="NoRoom">Those that the kernel had no room for; null where nobody counts them: a ring buffer that was not declared with <c>EVENTS(...)</c>.</param>
/// <param name="Malformed">Those of another size than the key's.</param>
/// <param name="Overflow">Those that would have been one key too many.</param>
internal readonly record struct EventLosses(ulong? NoRoom, ulong Malformed, ulong Overflow)
{
    /// <summary>Both together. What one of them doesn't know is what the other knows.</summary>
    public static EventLosses operator +(EventLosses one, EventLosses other) =>
        new(Sum(one.NoRoom, other.NoRoom), one.Malformed + other.Malformed, one.Overflow + other.Overflow);

    /// <summary>The sum of what is known; null if nothing is.</summary>
    public static ulong? Sum(ulong? one, ulong? other) => one is null ? other : other is null ? one : one + other;
}
