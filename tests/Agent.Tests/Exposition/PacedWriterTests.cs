using System.IO.Pipelines;
using EbpfAgent.Exposition;

namespace EbpfAgent.Tests.Exposition;

/// <summary>Back-pressure that a response waits for by itself.</summary>
public sealed class PacedWriterTests
{
    private const int Threshold = 1000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: Threshold, resumeWriterThreshold: Threshold / 2, useSynchronizationContext: false));
    private readonly PacedWriter _writer;

    public PacedWriterTests() => _writer = new PacedWriter(_pipe.Writer);

    [Fact]
    public async Task A_paced_flush_is_done_at_once_and_the_drain_waits_for_the_reader()
    {
        _writer.IsPaced = true;
        ValueTask<FlushResult> flush = _writer.WriteAsync(new byte[Threshold], Token);
        Assert.True(flush.IsCompletedSuccessfully);
        await flush;
        Task<FlushResult> drain = _writer.DrainAsync().AsTask();
        Assert.False(drain.IsCompleted);
        await TakeAsync();
        Assert.False((await drain).IsCompleted);
        Assert.True(_writer.DrainAsync().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Without_pacing_a_flush_waits_as_the_connection_does()
    {
        Task<FlushResult> flush = _writer.WriteAsync(new byte[Threshold], Token).AsTask();
        Assert.False(flush.IsCompleted);
        await TakeAsync();
        await flush;
    }

    [Fact]
    public async Task A_flush_that_comes_before_the_drain_waits_for_it()
    {
        _writer.IsPaced = true;
        await _writer.WriteAsync(new byte[Threshold], Token);
        Task<FlushResult> next = _writer.FlushAsync(Token).AsTask();
        Assert.False(next.IsCompleted);
        await TakeAsync();
        Assert.False((await next).IsCompleted);
    }

    [Fact]
    public async Task A_client_that_goes_away_ends_the_wait()
    {
        _writer.IsPaced = true;
        await _writer.WriteAsync(new byte[Threshold], Token);
        Task<FlushResult> drain = _writer.DrainAsync().AsTask();
        await _pipe.Reader.CompleteAsync();
        Assert.True((await drain).IsCompleted);
    }

    private async Task TakeAsync()
    {
        ReadResult read = await _pipe.Reader.ReadAsync(Token);
        Assert.Equal(Threshold, read.Buffer.Length);
        _pipe.Reader.AdvanceTo(read.Buffer.End);
    }
}
