using EbpfAgent.Exposition;

namespace EbpfAgent.Tests.Exposition;

/// <summary>Who may reload the agent over HTTP, and what they are told.</summary>
public sealed class ReloadHandlerTests
{
    private const string NotFromHere = "not from here; send the agent SIGHUP, or set reloadEndpoint in its configuration\n";

    private readonly List<string> _wrong = [];
    private int _reloads;
    private ReloadAccess _access = ReloadAccess.ThisHost;

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("127.9.9.9", "127.0.0.2")]
    [InlineData("::1", "::1")]
    [InlineData("::ffff:127.0.0.1", "::ffff:127.0.0.1")]
    public async Task From_this_host_it_reloads(string remote, string local)
    {
        HttpAnswer answer = await Post(remote, local);
        Assert.Equal((200, "reloaded\n", 1), (answer.Status, answer.Body, _reloads));
    }

    [Theory]
    [InlineData("192.0.2.1", "127.0.0.1", null)]
    [InlineData("127.0.0.1", "192.0.2.1", null)]
    [InlineData("192.0.2.1", "192.0.2.1", null)]
    [InlineData("127.0.0.1", "127.0.0.1", "http://evil.example")]
    [InlineData("127.0.0.1", "127.0.0.1", "http://localhost:8435")]
    [InlineData("127.0.0.1", "127.0.0.1", "null")]
    public async Task From_elsewhere_or_from_a_page_in_a_browser_it_does_not(string remote, string local, string? origin)
    {
        HttpAnswer answer = await Post(remote, local, origin);
        Assert.Equal((403, NotFromHere, 0), (answer.Status, answer.Body, _reloads));
    }

    [Fact]
    public async Task Where_it_is_switched_off_nobody_may()
    {
        _access = ReloadAccess.Nobody;
        HttpAnswer answer = await Post("127.0.0.1", "127.0.0.1");
        Assert.Equal((403, NotFromHere, 0), (answer.Status, answer.Body, _reloads));
    }

    [Fact]
    public async Task Where_it_is_opened_everybody_may()
    {
        _access = ReloadAccess.Everybody;
        HttpAnswer answer = await Post("192.0.2.1", "192.0.2.2", "http://console.example");
        Assert.Equal((200, 1), (answer.Status, _reloads));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("PUT")]
    public async Task Only_a_POST_reloads(string method)
    {
        HttpAnswer answer = await new HttpAnswer(method, "/-/reload").From(Make().HandleAsync);
        Assert.Equal((405, "POST", "only POST\n", 0), (answer.Status, answer.Allow, answer.Body, _reloads));
    }

    [Fact]
    public async Task What_is_wrong_afterwards_is_told_line_by_line()
    {
        _wrong.AddRange(["a: failed: this", "b: outdated: that"]);
        HttpAnswer answer = await Post("::1", "::1");
        Assert.Equal((500, "a: failed: this\nb: outdated: that\n", "text/plain; charset=utf-8"), (answer.Status, answer.Body, answer.Type));
    }

    private Task<HttpAnswer> Post(string remote, string local, string? origin = null) => new HttpAnswer("POST", "/-/reload", remote, local, origin).From(Make().HandleAsync);

    private ReloadHandler Make() => new(
        () =>
        {
            _reloads++;
            return Task.FromResult<IReadOnlyList<string>>(_wrong);
        },
        () => _access);
}
