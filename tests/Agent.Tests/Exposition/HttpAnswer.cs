using System.Net;
using Microsoft.AspNetCore.Http;

namespace EbpfAgent.Tests.Exposition;

/// <summary>A request without a network, and what was answered.</summary>
internal sealed class HttpAnswer
{
    private readonly DefaultHttpContext _http = new();
    private readonly MemoryStream _body = new();

    public HttpAnswer(string method, string path, string remote = "127.0.0.1", string local = "127.0.0.1", string? origin = null)
    {
        _http.Request.Method = method;
        _http.Request.Path = path;
        _http.Connection.RemoteIpAddress = IPAddress.Parse(remote);
        _http.Connection.LocalIpAddress = IPAddress.Parse(local);
        if (origin is not null) _http.Request.Headers.Origin = origin;
        _http.Response.Body = _body;
    }

    public int Status => _http.Response.StatusCode;

    public string? Allow => _http.Response.Headers.Allow;

    public string? Type => _http.Response.ContentType;

    public string Body => System.Text.Encoding.UTF8.GetString(_body.ToArray());

    public async Task<HttpAnswer> From(Func<HttpContext, Task> handle)
    {
        await handle(_http);
        return this;
    }
}
