using Microsoft.Extensions.Time.Testing;

namespace EbpfAgent.Tests.Decoding.JavaScript;

public sealed class ScriptConsoleTests
{
    private readonly List<string> _lines = [];
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Values_are_written_in_one_short_line()
    {
        Log("console.log('key', key, 1n, {a: [1, 'b'], get c() { for (;;); }}, null, () => 1); console.warn('x'.repeat(5000), 'y'.repeat(5000));");
        Log("console.error('a\\nb\\u001b[31m', ['\\r']); console.info(); console.debug(...Array(9000).fill('x'.repeat(900)));");

        Assert.Equal("key 42 1n {a: [1, \"b\"], c: \"(a getter)\"} null a function", _lines[0]);
        Assert.Equal($"{new string('x', 1024)}...", _lines[1]);
        Assert.Equal(@"a\nb\x1b[31m [""\x0d""]", _lines[2]);
        Assert.Equal("", _lines[3]);
        Assert.Equal(1027, _lines[4].Length);
        Assert.Equal(5, _lines.Count);
    }

    [Fact]
    public void A_call_has_a_few_lines_and_says_how_many_more_there_were()
    {
        Log("for (let i = 1; i <= 50; i++) console.log(i);");

        Assert.Equal([.. Enumerable.Range(1, 20).Select(i => $"{i}"), "(30 more lines of this call were left out: a call has 20)"], _lines);
    }

    [Fact]
    public void A_call_that_fails_says_it_as_well()
    {
        Assert.ThrowsAny<Exception>(() => Log("for (;;) console.log(1);"));

        Assert.Equal(21, _lines.Count);
        Assert.Matches(@"^\(\d+ more lines of this call were left out: a call has 20\)$", _lines[^1]);
    }

    [Fact]
    public void A_minute_has_a_hundred_lines_and_the_next_one_says_how_many_more_there_were()
    {
        using var decoder = Scripts.Load(Source("console.log(key);"), log: _lines.Add, time: _time);
        for (byte key = 1; key <= 150; key++)
            decoder.Decode([key, 0, 0, 0]);

        Assert.Equal([.. Enumerable.Range(1, 100).Select(i => $"{i}"), "(more than 100 lines in a minute: what comes in the rest of it is left out)"], _lines);

        _lines.Clear();
        _time.Advance(TimeSpan.FromSeconds(59.9));
        decoder.Decode([1, 0, 0, 0]);
        Assert.Empty(_lines);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        decoder.Decode([2, 0, 0, 0]);
        decoder.Decode([3, 0, 0, 0]);
        Assert.Equal(["(51 lines were left out: a script has 100 in a minute)", "2", "3"], _lines);
    }

    [Fact]
    public void Lines_over_both_limits_are_counted_once()
    {
        using var decoder = Scripts.Load(Source("for (let i = 0; i < 30; i++) console.log(i);"), log: _lines.Add, time: _time);
        for (var call = 0; call < 10; call++)
            decoder.Decode([0, 0, 0, 0]);
        _time.Advance(TimeSpan.FromMinutes(1));
        var before = _lines.Count;
        decoder.Decode([0, 0, 0, 0]);

        var kept = _lines.Take(before).Count(line => !line.StartsWith('('));
        var told = _lines.Take(before).Count(line => line == "(10 more lines of this call were left out: a call has 20)") * 10;
        Assert.Equal(101, before);
        Assert.Equal($"({300 - kept - told} lines were left out: a script has 100 in a minute)", _lines[before]);
    }

    [Fact]
    public void Loading_is_a_call_of_its_own()
    {
        using var decoder = Scripts.Load("for (let i = 0; i < 30; i++) console.log(i); export const labels = []; export const decode = () => { console.log('call'); return []; };", log: _lines.Add);
        decoder.Decode([0, 0, 0, 0]);

        Assert.Equal(["(10 more lines of this call were left out: a call has 20)", "call"], _lines[20..]);
    }

    private void Log(string body)
    {
        using var decoder = Scripts.Load(Source(body), log: _lines.Add, time: _time);
        decoder.Decode([42, 0, 0, 0]);
    }

    private static EbpfAgent.Decoding.JavaScript.ScriptSource Source(string body) =>
        new(Scripts.Path, $"export const labels = [];\nexport function decode(key) {{\n{body}\nreturn []; }}\n");
}
