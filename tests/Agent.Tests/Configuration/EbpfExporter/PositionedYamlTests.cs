using System.Text;
using EbpfAgent.Configuration;
using EbpfAgent.Configuration.Reading;

namespace EbpfAgent.Tests.Configuration.EbpfExporter;

public sealed class PositionedYamlTests
{
    [Theory]
    [InlineData("", "1:1: the file is empty; expected an object")]
    [InlineData("# nothing\n", "1:1: the file is empty; expected an object")]
    [InlineData("---\n", "1:1: the file is empty; expected an object")]
    [InlineData("a: [1, 2", "1:9: not valid YAML: While parsing a flow sequence, did not find expected ',' or ']'.")]
    [InlineData("a: b: c", "1:5: not valid YAML: While scanning a plain scalar value, found invalid mapping.")]
    [InlineData("a: 'x", "1:4: not valid YAML: While scanning a quoted scalar, found unexpected end of stream.")]
    [InlineData("é: 1\na:\n\t- b", "3:1: not valid YAML: While scanning a mapping, found invalid tab as indentation.")]
    [InlineData("a:\n  b:\n  \t- c", "3:3: not valid YAML: While scanning a mapping, found invalid tab as indentation.")]
    [InlineData("a:\n  b: [{c: d,\ne: f}]", "3:1: not valid YAML: it can't be read from here on; indent what stands within brackets or quotes")]
    [InlineData("? : ", "1:5: [\"\"]: not valid YAML: a value is missing")]
    [InlineData("- a\nb: c", "2:1: not valid YAML: While parsing a block collection, did not find expected '-' indicator.")]
    [InlineData("a: \"\\ud83d\"", "1:4: not valid YAML: While scanning a quoted scalar, found invalid Unicode surrogates.")]
    [InlineData("a: \"\\ude00\"", "1:4: not valid YAML: While scanning a quoted scalar, found invalid Unicode surrogates.")]
    [InlineData("a: \"\\U00110000\"", "1:4: not valid YAML: While scanning a quoted scalar, found invalid Unicode character escape code.")]
    [InlineData("%YAML 3.0\n---\na: b", "1:1: not valid YAML: Found incompatible YAML document.")]
    [InlineData("a: b\n---\nc: d", "2:1: a second document begins here; a file holds one")]
    [InlineData("a: !!str b", "1:4: a: the tag \"tag:yaml.org,2002:str\" is not read; write the value without it")]
    [InlineData("a: [!Foo {}]", "1:5: a[0]: the tag \"!Foo\" is not read; write the value without it")]
    [InlineData("a: ! b", "1:4: a: the tag \"!\" is not read; write the value without it")]
    [InlineData("a: *b", "1:4: a: there is no anchor \"&b\" that ends before this alias")]
    [InlineData("a: &a [*a]", "1:8: a[0]: there is no anchor \"&a\" that ends before this alias")]
    [InlineData("? [a]\n: b", "1:3: a list or an object is no key; expected a word")]
    [InlineData("a:\n  b: 1\n  'b': 2", "3:3: a.b: the key is there twice, first in line 2; remove one")]
    [InlineData("a:\n  <<: x", "2:7: a[\"<<\"]: expected an object to merge, or a list of them; found \"x\"")]
    [InlineData("a: [1]\nb:\n  <<: [{c: 1}, 5]", "3:16: b[\"<<\"]: expected an object to merge, or a list of them; found \"5\"")]
    public void What_is_wrong_has_its_place(string yaml, string expected) => Assert.Equal("disk.yaml:" + expected, ExporterSample.TreeError(yaml));

    [Theory]
    [InlineData("text", ScalarKind.Untyped, "text")]
    [InlineData("12", ScalarKind.Untyped, "12")]
    [InlineData("true", ScalarKind.Untyped, "true")]
    [InlineData("one\n two", ScalarKind.Untyped, "one two")]
    [InlineData("'12'", ScalarKind.String, "12")]
    [InlineData("\"a\\tb\"", ScalarKind.String, "a\tb")]
    [InlineData("\"\\ud83d\\ude00\"", ScalarKind.String, "😀")]
    [InlineData("''", ScalarKind.String, "")]
    [InlineData("|\n  a\n  b", ScalarKind.String, "a\nb")]
    [InlineData(">-\n  a\n  b\n", ScalarKind.String, "a b")]
    [InlineData("", ScalarKind.Null, "")]
    [InlineData("~", ScalarKind.Null, "~")]
    [InlineData("null", ScalarKind.Null, "null")]
    [InlineData("nil # no null", ScalarKind.Untyped, "nil")]
    internal void Quotes_decide_whether_a_scalar_is_text(string written, ScalarKind kind, string text)
    {
        var scalar = Assert.IsType<ScalarNode>(Member(ExporterSample.Tree($"a: {written}"), "a"));
        Assert.Equal((kind, text), (scalar.Kind, scalar.Text));
    }

    [Theory]
    [InlineData("é😀: {x: 1}", 1, 6)]
    [InlineData("a: \"😀\"\r\nb: {x: 1}", 2, 5)]
    [InlineData("a: |\n  1\n  2\n\nb:\n- x: 1", 6, 3)]
    [InlineData("\uFEFFb: {x: 1}", 1, 5)]
    [InlineData("a: 'p\u2028q'\nb: {x: 1}", 2, 5)]
    [InlineData("# é\n# 😀\n---\nb:   {x: 1}", 4, 7)]
    public void Lines_and_columns_count_as_an_editor_does(string yaml, int line, int column)
    {
        Node value = ((ObjectNode)ExporterSample.Tree(yaml)).Members[^1].Value;
        var x = (ObjectNode)(value is ListNode list ? list.Items[0] : value);
        Assert.Equal(new JsonPosition(ExporterSample.File, line, column), x.Members[0].Position);
    }

    [Fact]
    public void An_alias_is_the_value_of_its_anchor_at_the_anchors_place()
    {
        var root = ExporterSample.Tree("a: &x\n  b: 1\nc: *x\nd: [*x]");
        Assert.Same(Member(root, "a"), Member(root, "c"));
        Assert.Same(Member(root, "a"), ((ListNode)Member(root, "d")).Items[0]);
        Assert.Equal(new JsonPosition(ExporterSample.File, 1, 4), Member(root, "c").Position);
    }

    [Fact]
    public void An_anchor_that_is_set_again_counts_from_there() =>
        Assert.Equal("2", ((ScalarNode)Member(ExporterSample.Tree("a: &x 1\nb: &x 2\nc: *x"), "c")).Text);

    [Fact]
    public void What_an_object_says_itself_stands_before_what_is_merged_into_it_and_the_first_before_the_rest()
    {
        var merged = (ObjectNode)Member(ExporterSample.Tree("a: &a {p: 1, q: 1}\nb: &b {q: 2, r: 2}\nc:\n  <<: [*a, *b]\n  p: 3\n  <<: {s: 4}"), "c");
        Assert.Equal(["p=3", "q=1", "r=2", "s=4"], merged.Members.Select(member => $"{member.Name}={((ScalarNode)member.Value).Text}"));
    }

    [Fact]
    public void A_quoted_merge_key_is_a_key() => Assert.Equal("<<", Assert.Single(((ObjectNode)ExporterSample.Tree("'<<': 1")).Members).Name);

    [Fact]
    public void Text_in_another_encoding_is_refused_at_its_first_byte()
    {
        Assert.Equal("disk.yaml:2:2: not UTF-8: byte 0xe9; save the file as UTF-8", ExporterSample.Message(() => ExporterSample.Tree(Encoding.Latin1.GetBytes("# \n:é"))));
        byte[] wide = [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("a: b")];
        Assert.Equal("disk.yaml:1:1: not UTF-8: byte 0xff; save the file as UTF-8", ExporterSample.Message(() => ExporterSample.Tree(wide)));
    }

    [Fact]
    public void Nesting_ends_at_32_levels()
    {
        Assert.IsType<ListNode>(ExporterSample.Tree(new string('[', 32) + new string(']', 32)));
        Assert.EndsWith(": nested deeper than 32 levels, aliases followed", ExporterSample.TreeError(new string('[', 33) + new string(']', 33)), StringComparison.Ordinal);
        Assert.EndsWith(": nested deeper than 32 levels, aliases followed", ExporterSample.TreeError(new string('[', 500_000)), StringComparison.Ordinal);
        Assert.EndsWith(": nested deeper than 32 levels, aliases followed", ExporterSample.TreeError(string.Concat(Enumerable.Repeat("- ", 100_000))), StringComparison.Ordinal);
    }

    [Fact]
    public void Aliases_nest_as_deep_as_what_they_stand_for()
    {
        string chain = string.Concat(Enumerable.Range(1, 40).Select(i => $"l{i}: &l{i} [*l{i - 1}]\n"));
        Assert.Equal("disk.yaml:32:12: l31[0]: nested deeper than 32 levels, aliases followed", ExporterSample.TreeError("l0: &l0 x\n" + chain));
    }

    [Fact]
    public void A_file_holds_50_000_values()
    {
        Assert.Equal(49_999, ((ListNode)ExporterSample.Tree("[" + string.Join(',', Enumerable.Repeat("1", 49_999)) + "]")).Items.Count);
        Assert.EndsWith(": [49999]: more than 50000 values, aliases followed", ExporterSample.TreeError("[" + string.Join(',', Enumerable.Repeat("1", 50_000)) + "]"), StringComparison.Ordinal);
    }

    /// <summary>Nine levels of nine aliases each come to 9^9 values.</summary>
    [Fact]
    public void A_bomb_of_aliases_is_counted_before_it_bursts()
    {
        string bomb = string.Concat(Enumerable.Range(1, 9).Select(i => $"l{i}: &l{i} [{string.Join(',', Enumerable.Repeat($"*l{i - 1}", 9))}]\n"));
        Assert.Contains(": more than 50000 values, aliases followed", ExporterSample.TreeError("l0: &l0 x\n" + bomb), StringComparison.Ordinal);
        string merges = string.Concat(Enumerable.Range(1, 20).Select(i => $"m{i}: &m{i} {{<<: [{string.Join(',', Enumerable.Repeat($"*m{i - 1}", 9))}]}}\n"));
        Assert.Contains(": more than 50000 values, aliases followed", ExporterSample.TreeError("m0: &m0 {a: 1}\n" + merges), StringComparison.Ordinal);
    }

    [Fact]
    public void A_syntax_error_does_not_hide_the_duplicate_before_it() =>
        Assert.Equal(
            [
                "disk.yaml:2:1: a: the key is there twice, first in line 1; remove one",
                "disk.yaml:3:1: not valid YAML: While scanning for the next token, found character that cannot start any token.",
            ],
            ExporterSample.TreeError("a: 1\na: 2\n@").Split('\n'));

    private static Node Member(Node node, string name) => ((ObjectNode)node).Members.Single(member => member.Is(name)).Value;
}
