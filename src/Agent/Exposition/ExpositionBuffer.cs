using System.Buffers;

namespace EbpfAgent.Exposition;

/// <summary>
/// A document in chunks, kept and used again: the next document costs no memory that the last one had. Growing by chunks means that nothing is ever
/// copied, and that nothing large has to be found in one piece.
/// </summary>
/// <remarks>Not for use by several threads at once.</remarks>
internal sealed class ExpositionBuffer : IBufferWriter<byte>
{
    // A chunk is a write to the response, which has to wait for the reader: few of them.
    private const int ChunkSize = 1 << 20;

    private readonly List<byte[]> _chunks = [];
    private readonly List<int> _lengths = [];
    private int _current = -1;

    /// <summary>Bytes written since <see cref="Clear"/>.</summary>
    public long Length { get; private set; }

    /// <summary>How many chunks hold something.</summary>
    public int Chunks => _current + 1;

    /// <summary>What one chunk holds.</summary>
    public ReadOnlyMemory<byte> this[int chunk] => _chunks[chunk].AsMemory(0, _lengths[chunk]);

    /// <summary>Where the next byte goes.</summary>
    public Mark End => new(_current, _current < 0 ? 0 : _lengths[_current], Length);

    /// <summary>Takes back what was written since a mark.</summary>
    public void Rewind(Mark mark)
    {
        (_current, Length) = (mark.Chunk, mark.Length);
        if (_current >= 0) _lengths[_current] = mark.InChunk;
    }

    /// <summary>Empties the document and keeps its memory.</summary>
    public void Clear()
    {
        _current = -1;
        Length = 0;
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        int room = Math.Max(sizeHint, 1);
        if (_current < 0 || _chunks[_current].Length - _lengths[_current] < room) NextChunk(room);
        return _chunks[_current].AsMemory(_lengths[_current]);
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        _lengths[_current] += count;
        Length += count;
    }

    /// <summary>A place in the document; good until something before it is taken back.</summary>
    internal readonly record struct Mark(int Chunk, int InChunk, long Length);

    private void NextChunk(int room)
    {
        _current++;
        if (_current == _chunks.Count)
        {
            _chunks.Add(GC.AllocateUninitializedArray<byte>(Math.Max(ChunkSize, room)));
            _lengths.Add(0);
        }
        else if (_chunks[_current].Length < room)
        {
            _chunks[_current] = new byte[room];
        }

        _lengths[_current] = 0;
    }
}
