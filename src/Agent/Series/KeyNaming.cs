using EbpfAgent.Decoding;

namespace EbpfAgent.Series;

/// <summary>Asks a decoder for a key's label text, and keeps count of the time that takes.</summary>
/// <remarks>Belongs to the polling thread; <see cref="Time"/> may be read by any.</remarks>
internal sealed class KeyNaming(IKeyDecoder decoder, int maxLabelLength, TimeProvider time)
{
    private long _ticks;

    /// <summary>The time that decoding has taken so far.</summary>
    public TimeSpan Time => new(Interlocked.Read(ref _ticks));

    public void AddTime(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);

    /// <summary>The key's label text; null if it has none.</summary>
    /// <param name="key">The key.</param>
    /// <param name="failure">Why it could not be decoded; null where that is the decoder's intention.</param>
    public string? Name(ReadOnlySpan<byte> key, out string? failure)
    {
        failure = null;
        long started = time.GetTimestamp();
        try
        {
            IReadOnlyList<string>? values = decoder.Decode(key);
            return values is null ? null : LabelText.Format(decoder.LabelNames, LabelValues.Clean(values, maxLabelLength));
        }
        catch (Exception e)
        {
            // A decoder is a plugin's code: whatever it throws costs its own key, and nothing else.
            failure = e.Message;
            return null;
        }
        finally
        {
            AddTime(time.GetElapsedTime(started));
        }
    }
}
