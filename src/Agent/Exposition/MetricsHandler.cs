using System.IO.Pipelines;
using EbpfAgent.Health;
using EbpfAgent.Lifecycle;

namespace EbpfAgent.Exposition;

/// <summary>
/// Answers a scrape: polls what is to be polled for it, writes one document, and sends it. The document is whole before its first byte is sent, so a
/// slow reader holds nothing up and never sees half a poll.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "Nobody waits for the semaphores' handles, and a scrape that the agent's end cuts off still gives its place back.")]
internal sealed class MetricsHandler(MetricsDocument document, AgentMetrics metrics, IPlugins plugins, TimeProvider time)
{
    // What a scrape waits for plugins that are polled for it; later ones are served as they were.
    private static readonly TimeSpan PollPatience = TimeSpan.FromSeconds(2);

    // What a reader may take for a chunk of a document, before the connection is closed: others wait for its place.
    private static readonly TimeSpan ChunkPatience = TimeSpan.FromSeconds(10);

    // Each holds a whole document until its reader has taken it.
    private const int MostScrapes = 4;

    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly SemaphoreSlim _scrapes = new(MostScrapes, MostScrapes);
    private readonly HeapBudget _heap = new();
    private ExpositionBuffer? _spare;

    public async Task HandleAsync(HttpContext http)
    {
        if (!await _scrapes.WaitAsync(PollPatience, http.RequestAborted))
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        try
        {
            await AnswerAsync(http);
        }
        finally
        {
            _scrapes.Release();
        }
    }

    private async Task AnswerAsync(HttpContext http)
    {
        CancellationToken cancellation = http.RequestAborted;
        await PollForScrapeAsync(cancellation);
        ExpositionBuffer buffer = Interlocked.Exchange(ref _spare, null) ?? new ExpositionBuffer();
        try
        {
            await WriteAsync(buffer, cancellation);
            http.Response.ContentType = MetricsDocument.ContentType;
            http.Response.ContentLength = buffer.Length;
            if (!HttpMethods.IsHead(http.Request.Method)) await SendAsync(buffer, http);
        }
        finally
        {
            _spare = buffer;
        }

        _heap.Check();
    }

    private async Task PollForScrapeAsync(CancellationToken cancellation)
    {
        try
        {
            await Task.WhenAll(plugins.Supervisors.Select(static plugin => plugin.PollForScrapeAsync())).WaitAsync(PollPatience, time, cancellation);
        }
        catch (TimeoutException)
        {
            // The age of its data says which plugin it was.
        }
    }

    private async Task WriteAsync(ExpositionBuffer buffer, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            buffer.Clear();
            document.Write(buffer);
            await using var stream = new BufferStream(buffer);
            await metrics.WriteAsync(plugins, document.LeftOut, stream, cancellation);
        }
        finally
        {
            _writing.Release();
        }
    }

    // A client that goes away completes the flush: a token would only be registered anew for each chunk.
    private async Task SendAsync(ExpositionBuffer buffer, HttpContext http)
    {
        PipeWriter body = http.Response.BodyWriter;
        PacedWriter? connection = http.Features.Get<PacedWriter>();
        using var slow = new CancellationTokenSource(ChunkPatience, time);
        using CancellationTokenRegistration abort = slow.Token.UnsafeRegister(static request => ((HttpContext)request!).Abort(), http);
        if (connection is not null) connection.IsPaced = true;
        try
        {
            for (int chunk = 0; chunk < buffer.Chunks; chunk++)
            {
                slow.CancelAfter(ChunkPatience);
                FlushResult result = await body.WriteAsync(buffer[chunk], CancellationToken.None);
                if (connection is not null && !result.IsCompleted) result = await connection.DrainAsync();
                if (result.IsCompleted) return;
            }
        }
        finally
        {
            if (connection is not null) connection.IsPaced = false;
        }
    }
}
