using EbpfAgent.Lifecycle;

namespace EbpfAgent.Exposition;

/// <summary>What is served where. Four paths don't need a router.</summary>
internal sealed class HttpEndpoint(MetricsHandler metrics, IReadOnlyList<PluginSupervisor> plugins)
{
    public Task HandleAsync(HttpContext http)
    {
        bool reads = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
        return http.Request.Path.Value switch
        {
            "/metrics" or "/" or "/-/healthy" or "/-/ready" when !reads => RefuseMethod(http),
            "/metrics" => metrics.HandleAsync(http),
            "/" => Send(http, StatusCodes.Status200OK, "text/html; charset=utf-8", StatusPage.Render(plugins)),
            "/-/healthy" => Send(http, StatusCodes.Status200OK, PlainText, "healthy\n"),
            "/-/ready" => SendReadiness(http),
            _ => Send(http, StatusCodes.Status404NotFound, PlainText, "not found; try /metrics\n"),
        };
    }

    private const string PlainText = "text/plain; charset=utf-8";

    private Task SendReadiness(HttpContext http)
    {
        string[] waiting = [.. plugins.Where(static plugin => !plugin.IsSettled).Select(static plugin => plugin.Name)];
        return waiting.Length == 0
            ? Send(http, StatusCodes.Status200OK, PlainText, "ready\n")
            : Send(http, StatusCodes.Status503ServiceUnavailable, PlainText, $"waiting for {string.Join(", ", waiting)}\n");
    }

    private static Task RefuseMethod(HttpContext http)
    {
        http.Response.Headers.Allow = "GET, HEAD";
        return Send(http, StatusCodes.Status405MethodNotAllowed, PlainText, "only GET and HEAD\n");
    }

    private static Task Send(HttpContext http, int status, string type, string body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = type;
        return http.Response.WriteAsync(body);
    }
}
