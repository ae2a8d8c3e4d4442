using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace EbpfAgent.Exposition;

/// <summary>
/// A connection's output whose back-pressure a response may wait for itself. Kestrel allocates a few hundred bytes for each write that has to wait for
/// the client, which is one for every mebibyte of a document; the pipe below it can be awaited for nothing.
/// </summary>
/// <remarks>
/// While it is <see cref="IsPaced"/>, a flush that has to wait is reported as done, and <see cref="DrainAsync"/> is to be awaited before the next write.
/// Else, and for whoever doesn't know of it, it is the connection's own writer. Belongs to the one request that a connection of HTTP/1 has at a time.
/// </remarks>
internal sealed class PacedWriter(PipeWriter inner) : PipeWriter
{
    private ValueTask<FlushResult> _waiting;
    private bool _waits;

    /// <summary>Whether the response waits by itself.</summary>
    public bool IsPaced { get; set; }

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    /// <summary>Puts it between Kestrel's HTTP and a connection's socket.</summary>
    public static ConnectionDelegate Wrap(ConnectionDelegate next) => async connection =>
    {
        IDuplexPipe transport = connection.Transport;
        var writer = new PacedWriter(transport.Output);
        connection.Features.Set(writer);
        connection.Transport = new Duplex(transport.Input, writer);
        try
        {
            await next(connection);
        }
        finally
        {
            connection.Transport = transport;
        }
    };

    /// <summary>Completes when the connection takes more, with whether the client is still there. Allocates nothing: it is the pipe's own, not a method that awaits it.</summary>
    public ValueTask<FlushResult> DrainAsync() => _waits ? TakeWaiting() : new ValueTask<FlushResult>(default(FlushResult));

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_waits) return FlushAfterWaitingAsync(cancellationToken);
        ValueTask<FlushResult> flush = inner.FlushAsync(cancellationToken);
        if (!IsPaced || flush.IsCompleted) return flush;
        (_waiting, _waits) = (flush, true);
        return new ValueTask<FlushResult>(default(FlushResult));
    }

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    // A pipe is flushed by one at a time.
    private async ValueTask<FlushResult> FlushAfterWaitingAsync(CancellationToken cancellation)
    {
        FlushResult before = await TakeWaiting();
        return before.IsCompleted ? before : await inner.FlushAsync(cancellation);
    }

    private ValueTask<FlushResult> TakeWaiting()
    {
        _waits = false;
        return _waiting;
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
