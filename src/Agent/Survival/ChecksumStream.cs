using Microsoft.Win32.SafeHandles;

namespace EbpfAgent.Survival;

/// <summary>Writes a file from its beginning in large pieces, and sums up what it has written. Its buffer is used again for the next file.</summary>
internal sealed class ChecksumStream : Stream
{
    private readonly byte[] _buffer = new byte[64 << 10];
    private SafeFileHandle? _file;
    private Crc32C _checksum = new();
    private int _pending;
    private long _flushed;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    /// <summary>How many bytes have been written, those that wait in the buffer too.</summary>
    public override long Position
    {
        get => _flushed + _pending;
        set => throw new NotSupportedException();
    }

    /// <summary>Begins an empty file; borrowed until the next one.</summary>
    public void Begin(SafeFileHandle file) => (_file, _checksum, _pending, _flushed) = (file, new Crc32C(), 0, 0);

    /// <summary>The checksum of all that has been written, which is thereby in the file.</summary>
    public Crc32C Checksum()
    {
        Flush();
        return _checksum;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            int count = Math.Min(buffer.Length, _buffer.Length - _pending);
            buffer[..count].CopyTo(_buffer.AsSpan(_pending));
            _pending += count;
            buffer = buffer[count..];
            if (_pending == _buffer.Length) Flush();
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void WriteByte(byte value) => Write([value]);

    public override void Flush()
    {
        ReadOnlySpan<byte> ready = _buffer.AsSpan(0, _pending);
        if (ready.IsEmpty) return;
        RandomAccess.Write(_file!, ready, _flushed);
        _checksum.Append(ready);
        _flushed += _pending;
        _pending = 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
