using System.Net;

namespace EbpfAgent.Exposition;

/// <summary>
/// Answers <c>POST /-/reload</c>: 200 when all is well afterwards, 500 with what is not. Where it may be asked from is the configuration's to say: a request from this
/// very host, to an agent that nobody else reaches, unless it was opened.
/// </summary>
/// <param name="reload">Reloads, and says what is wrong afterwards.</param>
/// <param name="access">Who may ask, at this moment.</param>
internal sealed class ReloadHandler(Func<Task<IReadOnlyList<string>>> reload, Func<ReloadAccess> access)
{
    public Task HandleAsync(HttpContext http)
    {
        if (access() is var allowed && (allowed == ReloadAccess.Nobody || (allowed == ReloadAccess.ThisHost && !IsFromThisHost(http))))
            return HttpEndpoint.Send(http, StatusCodes.Status403Forbidden, HttpEndpoint.PlainText, "not from here; send the agent SIGHUP, or set reloadEndpoint in its configuration\n");
        if (HttpMethods.IsPost(http.Request.Method)) return ReloadAsync(http);
        http.Response.Headers.Allow = "POST";
        return HttpEndpoint.Send(http, StatusCodes.Status405MethodNotAllowed, HttpEndpoint.PlainText, "only POST\n");
    }

    private async Task ReloadAsync(HttpContext http)
    {
        IReadOnlyList<string> wrong = await reload();
        if (wrong.Count == 0) await HttpEndpoint.Send(http, StatusCodes.Status200OK, HttpEndpoint.PlainText, "reloaded\n");
        else await HttpEndpoint.Send(http, StatusCodes.Status500InternalServerError, HttpEndpoint.PlainText, string.Join('\n', wrong) + "\n");
    }

    // A browser on this host would send the request of any page: such requests name their origin.
    private static bool IsFromThisHost(HttpContext http) =>
        http.Connection is { RemoteIpAddress: { } remote, LocalIpAddress: { } local } && IPAddress.IsLoopback(remote) && IPAddress.IsLoopback(local)
        && http.Request.Headers.Origin.Count == 0;
}

/// <summary>Who may ask for a reload over HTTP.</summary>
internal enum ReloadAccess
{
    /// <summary>Nobody.</summary>
    Nobody,

    /// <summary>A process on this host, through its loopback.</summary>
    ThisHost,

    /// <summary>Whoever reaches the endpoint.</summary>
    Everybody,
}
