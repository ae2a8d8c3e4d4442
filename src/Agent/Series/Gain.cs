using System.Numerics;
using System.Runtime.CompilerServices;

namespace EbpfAgent.Series;

/// <summary>What a map entry has gained between two polls. Words are the sum, which may wrap around and so says nothing of what happened, and then the slots.</summary>
internal static class Gain
{
    /// <summary>
    /// Adds the gain of a whole entry. A slot that went down says that the entry was deleted and made anew: then all of it is gain.
    /// </summary>
    /// <returns>Whether there was any.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool OfEntry(ReadOnlySpan<ulong> current, ReadOnlySpan<ulong> last, ReadOnlySpan<ulong> zeros, Span<ulong> totals, ref bool wasReset)
    {
        if (AnyBelow(current[1..], last[1..]))
        {
            last = zeros;
            wasReset = true;
        }

        Vector<ulong> any = Vector<ulong>.Zero;
        int i = 0;
        for (; i <= totals.Length - Vector<ulong>.Count; i += Vector<ulong>.Count)
        {
            Vector<ulong> gain = new Vector<ulong>(current[i..]) - new Vector<ulong>(last[i..]);
            any |= gain;
            (new Vector<ulong>(totals[i..]) + gain).CopyTo(totals[i..]);
        }

        ulong rest = 0;
        for (; i < totals.Length; i++)
        {
            ulong gain = current[i] - last[i];
            rest |= gain;
            totals[i] += gain;
        }

        return rest != 0 || any != Vector<ulong>.Zero;
    }

    /// <summary>Adds the gain where each slot is an entry of its own, and may have been deleted alone.</summary>
    /// <returns>Whether there was any.</returns>
    public static bool OfSlots(ReadOnlySpan<ulong> current, ReadOnlySpan<ulong> last, Span<ulong> totals, ref bool wasReset)
    {
        ulong any = 0;
        for (int i = 0; i < totals.Length; i++)
        {
            bool below = current[i] < last[i];
            wasReset |= below;
            ulong gain = below ? current[i] : current[i] - last[i];
            any |= gain;
            totals[i] += gain;
        }

        return any != 0;
    }

    /// <summary>Adds words to words, modulo 2^64.</summary>
    public static void Add(ReadOnlySpan<ulong> words, Span<ulong> totals)
    {
        for (int i = 0; i < totals.Length; i++) totals[i] += words[i];
    }

    /// <summary>How many events the slots count.</summary>
    public static ulong Observations(ReadOnlySpan<ulong> words)
    {
        ulong observations = 0;
        foreach (ulong slot in words[1..]) observations += slot;
        return observations;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool AnyBelow(ReadOnlySpan<ulong> current, ReadOnlySpan<ulong> last)
    {
        int i = 0;
        for (; i <= current.Length - Vector<ulong>.Count; i += Vector<ulong>.Count)
        {
            if (Vector.LessThanAny(new Vector<ulong>(current[i..]), new Vector<ulong>(last[i..]))) return true;
        }

        for (; i < current.Length; i++)
        {
            if (current[i] < last[i]) return true;
        }

        return false;
    }
}
