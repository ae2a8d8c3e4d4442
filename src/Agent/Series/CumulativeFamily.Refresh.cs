namespace EbpfAgent.Series;

/// <content>Labels that come from the host, and may change while their keys don't.</content>
internal sealed partial class CumulativeFamily
{
    // As after a take-over from itself: a key that has other labels now counts on under these, and a label set that no key has any more ends.
    private void Refresh()
    {
        lock (Gate)
        {
            _former = Polled.DecodeAnew();
            _rested = new bool[_former.Length];
            for (int row = 0; row < _former.Length; row++)
            {
                int series = _former[row];
                if (series < 0) continue;
                _rested[row] = Series.State(series) == SeriesState.Resting;
                Series.Keys(series)--;
            }
        }

        // Which key counts into which series is no longer what the last snapshot says.
        _needsSnapshot = true;
    }
}
