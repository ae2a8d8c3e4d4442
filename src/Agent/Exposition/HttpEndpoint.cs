using EbpfAgent.Lifecycle;

namespace EbpfAgent.Exposition;

/// <summary>What is served where. Five paths don't need a router.</summary>
internal sealed class HttpEndpoint(MetricsHandler metrics, IPlugins plugins, ReloadHandler reload)
{
    public Task HandleAsync(HttpContext http)
    {
        bool reads = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
        return http.Request.Path.Value switch
        {
            "/metrics" or "/" or "/-/healthy" or "/-/ready" when !reads => RefuseMethod(http),
            "/metrics" => metrics.HandleAsync(http),
            "/" => Send(http, StatusCodes.Status200OK, "text/html; charset=utf-8", StatusPage.Render(plugins.Supervisors)),
            "/-/healthy" => Send(http, StatusCodes.Status200OK, PlainText, "healthy\n"),
            "/-/ready" => SendReadiness(http),
            "/-/reload" => reload.HandleAsync(http),
            _ => Send(http, StatusCodes.Status404NotFound, PlainText, "not found; try /metrics\n"),
        };
    }

    /// <summary>The content type of what is read by people.</summary>
    public const string PlainText = "text/plain; charset=utf-8";

    private Task SendReadiness(HttpContext http)
    {
        string[] waiting = [.. plugins.Supervisors.Where(static plugin => !plugin.IsSettled).Select(static plugin => plugin.Name)];
        if (waiting.Length == 0 && !plugins.IsStarted) waiting = ["the first look into the plugin folders"];
        return waiting.Length == 0
            ? Send(http, StatusCodes.Status200OK, PlainText, "ready\n")
            : Send(http, StatusCodes.Status503ServiceUnavailable, PlainText, $"waiting for {string.Join(", ", waiting)}\n");
    }

    private static Task RefuseMethod(HttpContext http)
    {
        http.Response.Headers.Allow = "GET, HEAD";
        return Send(http, StatusCodes.Status405MethodNotAllowed, PlainText, "only GET and HEAD\n");
    }

    /// <summary>Sends a short answer.</summary>
    public static Task Send(HttpContext http, int status, string type, string body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = type;
        return http.Response.WriteAsync(body);
    }
}
