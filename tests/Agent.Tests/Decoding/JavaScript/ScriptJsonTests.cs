using EbpfAgent.Decoding.JavaScript;

namespace EbpfAgent.Tests.Decoding.JavaScript;

public sealed class ScriptJsonTests
{
    [Theory]
    [InlineData("{ \"a\": { \"b\": [1, \"x\", true, null] } }", "json.a.b.map(String).join(' ')", "1 x true null")]
    [InlineData("[1.5, -0, 1e3, 1e999, 9007199254740993]", "json.map(String).join(' ')", "1.5 0 1000 Infinity 9007199254740992")]
    [InlineData("\"text\"", "json", "text")]
    [InlineData("42", "json + 1", "43")]
    [InlineData("null", "json === null", "true")]
    [InlineData("[]", "Array.isArray(json) && json.length", "0")]
    [InlineData("{}", "Object.getPrototypeOf(json) === Object.prototype", "true")]
    [InlineData("{ \"a\": 1, \"a\": 2 }", "json.a", "2")]
    [InlineData("{ \"b\": 1, \"10\": 1, \"a\": 1, \"9\": 1 }", "Object.keys(json).join(' ')", "9 10 b a")]
    [InlineData("{ \"1\": \"read\" }", "json[1]", "read")]
    [InlineData("\"\\u00e9\\ud83d\\ude00\\n\"", "json.length", "4")]
    [InlineData(" \n{\"a\":\t1}\r\n", "json.a", "1")]
    public void A_file_of_JSON_is_a_value(string json, string expression, string expected) => Assert.Equal(expected, Value(json, expression));

    [Theory]
    [InlineData("{ \"__proto__\": { \"leak\": 1 } }", "json.leak", "undefined")]
    [InlineData("{ \"__proto__\": { \"leak\": 1 } }", "Object.getPrototypeOf(json) === Object.prototype && Object.keys(json).join()", "__proto__")]
    [InlineData("{ \"a\": 1, \"__proto__\": null }", "Object.getPrototypeOf(json) === Object.prototype", "true")]
    [InlineData("{ \"constructor\": { \"prototype\": { \"leak\": 1 } }, \"toString\": 1 }", "({}).leak + ' ' + json.toString", "undefined 1")]
    [InlineData("[{ \"__proto__\": { \"leak\": 1 } }]", "json[0].leak + ' ' + [].leak", "undefined undefined")]
    public void Keys_that_mean_something_to_objects_are_mere_keys(string json, string expression, string expected) =>
        Assert.Equal(expected, Value(json, $"String({expression})"));

    [Theory]
    [InlineData("", ":1: no JSON, or nested more than 64 deep: ")]
    [InlineData("{\n  \"a\": 1,\n}", ":3: no JSON, or nested more than 64 deep: ")]
    [InlineData("{ 'a': 1 }", ":1: no JSON, or nested more than 64 deep: ")]
    [InlineData("[1] 2", ":1: no JSON, or nested more than 64 deep: ")]
    [InlineData("// a comment\n{}", ":1: no JSON, or nested more than 64 deep: ")]
    [InlineData("[01]", ":1: no JSON, or nested more than 64 deep: ")]
    [InlineData("[NaN]", ":1: no JSON, or nested more than 64 deep: ")]
    [InlineData("[\"\\ud800\"]", ": a text in it is no Unicode. ")]
    [InlineData("{ \"\\udc00\": 1 }", ": a text in it is no Unicode. ")]
    public void What_is_no_JSON_is_refused_with_its_line(string json, string expected) =>
        Assert.StartsWith($"plugins/disk/n.json{expected}", Error(json), StringComparison.Ordinal);

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    [InlineData(500_000, false)]
    public void Nesting_is_bounded(int depth, bool isRead)
    {
        var json = new string('[', depth) + new string(']', depth);

        if (isRead)
            Assert.Equal("1", Value(json, "json.length"));
        else
            Assert.StartsWith("plugins/disk/n.json:1: no JSON, or nested more than 64 deep: ", Error(json), StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_list_is_refused()
    {
        Assert.Equal("16384", Value(List(16_384, "1"), "json.length"));
        Assert.Equal("plugins/disk/n.json: a list in it has 16385 values; 16384 is the limit. Make it an object, or split it.", Error(List(16_385, "1")));
    }

    [Fact]
    public void The_values_of_all_files_have_one_limit()
    {
        const string import = "import a from './a.json' with { type: 'json' }; import b from './b.json' with { type: 'json' }; ";
        var half = $"{{ {string.Join(',', Enumerable.Range(0, 32_767).Select(i => $"\"{i}\": 1"))} }}";
        using var decoder = Scripts.Load(("decode.js", import + "export const labels = ['value']; export const decode = () => [a[32766] + b[0]];"), ("a.json", half), ("b.json", half));
        Assert.Equal(["2"], decoder.Decode([0, 0, 0, 0]));

        Assert.Equal(
            "plugins/disk/b.json: the script imports JSON of more than 65536 values. Leave out what no label needs.",
            Scripts.LoadError(("decode.js", import), ("a.json", half), ("b.json", half.Replace("\"0\": 1", "\"x\": 1, \"0\": 1", StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("{},")]
    [InlineData("[],")]
    [InlineData("\"\",")]
    [InlineData("[[[[[[[[[[{\"a\":{}}]]]]]]]]]],")]
    public void Huge_JSON_costs_no_more_than_its_limits(string item)
    {
        var start = TimeProvider.System.GetTimestamp();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var json = $"{{ \"a\": [{string.Concat(Enumerable.Repeat(item, 1_000_000 / item.Length)).TrimEnd(',')}] }}";
        Error(json);

        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 0, 3);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
    }

    [Fact]
    public void JSON_of_the_largest_size_loads_under_the_limits_of_a_call()
    {
        var json = $"{{ {string.Join(',', Enumerable.Range(0, 55_000).Select(i => $"\"k{i}\":\"v{i}\""))} }}";
        Assert.InRange(json.Length, 900_000, ScriptLimits.ImportedLength);

        Assert.Equal("v54999", Value(json, "json.k54999"));
    }

    [Fact]
    public void What_a_call_does_to_imported_values_the_next_one_sees_and_nobody_else()
    {
        (string, string)[] files = [("decode.js", "import n from './n.json' with { type: 'json' }; export const labels = ['value']; export const decode = () => [++n.x];"), ("n.json", "{ \"x\": 1 }")];
        using var decoder = Scripts.Load(files);
        using var other = Scripts.Load(files);

        Assert.Equal(["2"], decoder.Decode([0, 0, 0, 0]));
        Assert.Equal(["3"], decoder.Decode([0, 0, 0, 0]));
        Assert.Equal(["2"], other.Decode([0, 0, 0, 0]));
    }

    private static string List(int length, string item) => $"[{string.Join(',', Enumerable.Repeat(item, length))}]";

    private static string? Value(string json, string expression)
    {
        using var decoder = Scripts.Load(
            ("decode.js", $"import json from './n.json' with {{ type: 'json' }}; export const labels = ['value']; export const decode = () => [{expression}];"), ("n.json", json));
        return decoder.Decode([0, 0, 0, 0])?[0];
    }

    private static string Error(string json) => Scripts.LoadError(("decode.js", "import json from './n.json' with { type: 'json' };"), ("n.json", json));
}
