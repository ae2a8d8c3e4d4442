namespace EbpfAgent.Host;

/// <summary>
/// The lines of a file as bytes, without a string each: symbols come by the hundred thousand. Bounded: a line longer than 64 KiB is left out, as no file that
/// is read here has one, and after so many bytes the file is taken to end. Not for several threads.
/// </summary>
/// <param name="stream">The file; the caller's.</param>
/// <param name="limit">Bytes that are read at most.</param>
internal sealed class LineReader(Stream stream, long limit)
{
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private bool _isCut;
    private bool _isEnded;

    /// <summary>The next line, without its newline; valid until the next call.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        while (true)
        {
            int length = _buffer.AsSpan(_start.._end).IndexOf((byte)'\n');
            if (length < 0 && !_isEnded)
            {
                Fill();
                continue;
            }

            line = Take(length >= 0 ? length : _end - _start);
            if (length < 0) return !line.IsEmpty && !_isCut;
            if (!_isCut) return true;
            _isCut = false;
        }
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        ReadOnlySpan<byte> line = _buffer.AsSpan(_start, length);
        _start = Math.Min(_start + length + 1, _end);
        return line;
    }

    private void Fill()
    {
        _buffer.AsSpan(_start.._end).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        if (_end == _buffer.Length)
        {
            _end = 0;
            _isCut = true;
        }

        int read = stream.Read(_buffer, _end, (int)Math.Min(_buffer.Length - _end, limit));
        limit -= read;
        _end += read;
        _isEnded = read == 0;
        // What the limit ends in the middle of is no line.
        _isCut |= _isEnded && limit == 0;
    }
}
