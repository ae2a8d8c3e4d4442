using EbpfAgent.Decoding;
using EbpfAgent.Decoding.BuiltIn.RegularExpressions;

namespace EbpfAgent.Tests.Decoding.BuiltIn;

/// <summary>RE2's syntax, above all where .NET reads the same characters otherwise.</summary>
public sealed class Re2Tests
{
    [Theory]
    [InlineData("a$", "a", true)]
    [InlineData("a$", "a\n", false)]
    [InlineData("(?m)a$", "a\nb", true)]
    [InlineData("(?m)^b", "a\nb", true)]
    [InlineData("^b", "a\nb", false)]
    [InlineData("(?m:a$)\nb$", "a\nb", true)]
    [InlineData("(?m:^a$)|^b$", "x\nb", false)]
    [InlineData("\\Aa\\z", "a", true)]
    [InlineData("^\\d$", "7", true)]
    [InlineData("^\\d$", "\u0667", false)]
    [InlineData("^\\D$", "\u0667", true)]
    [InlineData("^\\w+$", "aZ_9", true)]
    [InlineData("^\\w$", "\u00e4", false)]
    [InlineData("^\\W$", "\u00e4", true)]
    [InlineData("^\\s$", "\v", false)]
    [InlineData("^\\s$", "\u00a0", false)]
    [InlineData("^\\s+$", " \t\n\f\r", true)]
    [InlineData("^\\S$", "\v", true)]
    [InlineData("^[\\d\\s]+$", "1 2", true)]
    [InlineData("^[^\\d]$", "x", true)]
    [InlineData("^[^\\d]$", "1", false)]
    [InlineData("^[\\D1]$", "1", true)]
    [InlineData("^[\\D1]$", "2", false)]
    [InlineData("^[[:alpha:]]$", "x", true)]
    [InlineData("^[[:alpha:]]$", "1", false)]
    [InlineData("^[[:^alpha:]]$", "1", true)]
    [InlineData("^[^[:digit:]x]$", "x", false)]
    [InlineData("^[[:punct:]]+$", "!/:@[`{~", true)]
    [InlineData("^[[:space:]]$", "\v", true)]
    [InlineData("^[[:]$", ":", true)]
    [InlineData("^[]a]$", "]", true)]
    [InlineData("^[^]a]$", "]", false)]
    [InlineData("^[a-]$", "-", true)]
    [InlineData("^[a-z-[aeiou]]$", "e]", true)]
    [InlineData("^[a-z-[aeiou]]$", "b", false)]
    [InlineData("^[\\[\\]]+$", "[]", true)]
    [InlineData("^\\pL$", "\u00e4", true)]
    [InlineData("^\\p{Lu}$", "\u00c4", true)]
    [InlineData("^\\p{^Lu}$", "\u00c4", false)]
    [InlineData("^\\PL$", "1", true)]
    [InlineData("^[\\pN_]+$", "1_\u0667", true)]
    [InlineData("\\Qa.b*\\E+", "a.b**", true)]
    [InlineData("\\Qa.b", "axb", false)]
    [InlineData("^\\x41\\x{42}\\103\\0$", "ABC\0", true)]
    [InlineData("^\\a\\f\\t\\n\\r\\v$", "\a\f\t\n\r\v", true)]
    [InlineData("^\\.\\*\\_\\-\\/$", ".*_-/", true)]
    [InlineData("a b#c", "a b#c", true)]
    [InlineData("(?i)ab", "AB", true)]
    [InlineData("a(?i)b", "AB", false)]
    [InlineData("(?i:a)b", "AB", false)]
    [InlineData("(?i:a)b", "Ab", true)]
    [InlineData("(?i)a(?-i)b", "AB", false)]
    [InlineData("(?i)[a-c]", "B", true)]
    [InlineData("(?i)a|b", "B", true)]
    [InlineData("(?i)\u212a", "k", true)]
    [InlineData("(?i)\u00e4", "\u00c4", true)]
    [InlineData("\u00b5", "\u00b5", true)]
    [InlineData("(?s)a.b", "a\nb", true)]
    [InlineData("a.b", "a\nb", false)]
    [InlineData("(?s-i:a.)b", "a\nb", true)]
    [InlineData("x{2}", "xx", true)]
    [InlineData("^x{2,3}?$", "xxx", true)]
    [InlineData("^x{,2}$", "x{,2}", true)]
    [InlineData("^{a}$", "{a}", true)]
    [InlineData("}", "}", true)]
    [InlineData("^.$", "\ud83d\ude00", true)]
    [InlineData("^..$", "\ud83d\ude00", false)]
    [InlineData("^[^a]$", "\ud83d\ude00", true)]
    [InlineData("^\\W\\D\\S$", "\ud83d\ude00\ud83d\ude00\ud83d\ude00", true)]
    [InlineData("^\ud83d\ude00+$", "\ud83d\ude00\ud83d\ude00", true)]
    [InlineData("^\\x{1F600}$", "\ud83d\ude00", true)]
    [InlineData("^[\\x{10000}-\\x{10FFFF}]$", "\ud83d\ude00", true)]
    [InlineData("^[\\x{10000}-\\x{10FFFF}]$", "a", false)]
    [InlineData("^[a-\\x{10FFFF}]$", "\ud83d\ude00", true)]
    [InlineData("^[^\\x{10000}-\\x{10FFFF}]$", "\ud83d\ude00", false)]
    [InlineData("^[^\\x{10000}-\\x{10FFFF}]$", "a", true)]
    [InlineData("^[^\\x00-\\x{10FFFF}]?$", "", true)]
    [InlineData("\\bfoo\\b", "a foo b", true)]
    [InlineData("\\bfoo\\b", "afoo", false)]
    [InlineData("\\Boo", "foo", true)]
    [InlineData("", "", true)]
    [InlineData("a||b", "b", true)]
    public void It_means_what_it_means_to_RE2(string pattern, string text, bool isMatch) => Assert.Equal(isMatch, new Re2(pattern).IsMatch(text));

    [Theory]
    [InlineData("(?P<a>x)(y)", 2, "x", "y")]
    [InlineData("(x)(?P<a>y)", 2, "x", "y")]
    [InlineData("(?<a>x)(y)", 2, "x", "y")]
    [InlineData("(?:x)(y)", 1, "y", null)]
    [InlineData("x+?(x*)y", 1, "x", null)]
    public void Groups_are_numbered_by_their_parentheses(string pattern, int groups, string one, string? two)
    {
        var expression = new Re2(pattern);
        var match = expression.Match("xxy");
        if (pattern.StartsWith("(?P<a>x)", StringComparison.Ordinal)) match = expression.Match("xy");
        Assert.Equal(groups, expression.Groups);
        Assert.Equal(one, match.Groups[1].Value);
        if (two is not null) Assert.Equal(two, match.Groups[2].Value);
    }

    [Theory]
    [InlineData("(?=a)", "looking ahead or behind")]
    [InlineData("(?!a)", "looking ahead or behind")]
    [InlineData("(?<=a)b", "looking ahead or behind")]
    [InlineData("(?<!a)b", "looking ahead or behind")]
    [InlineData("(?>a)", "the parenthesis after '(?' is none that RE2 knows")]
    [InlineData("(a)\\1", "references to groups")]
    [InlineData("(?P<n>a)(?P=n)", "references to groups")]
    [InlineData("(?P>n)", "references to groups")]
    [InlineData("(?(1)a)", "the parenthesis after '(?'")]
    [InlineData("(?#c)", "the parenthesis after '(?'")]
    [InlineData("(?'n'a)", "the parenthesis after '(?'")]
    [InlineData("(?P<>a)", "a group's name")]
    [InlineData("(?P<a-b>a)", "a group's name")]
    [InlineData("(?P<a", "a '>' is missing")]
    [InlineData("(?U)a+", "the flag U is not supported")]
    [InlineData("(?i)\u00b5", "(?i) is not supported beside a letter")]
    [InlineData("(?i)[\\x{3c2}]", "(?i) is not supported beside a letter")]
    [InlineData("(?x)a", "RE2 has no flag 'x'")]
    [InlineData("(?i", "the parenthesis after '(?'")]
    [InlineData("(?", "the parenthesis after '(?'")]
    [InlineData("(a", "a parenthesis is not closed")]
    [InlineData("a)", "a parenthesis is closed that was not opened")]
    [InlineData("[a", "it ends too early")]
    [InlineData("[]", "it ends too early")]
    [InlineData("[z-a]", "a range runs backwards")]
    [InlineData("[a-\\d]", "RE2 has no escape '\\d'")]
    [InlineData("[[:letter:]]", "there is no class '[:letter:]'")]
    [InlineData("[\\b]", "RE2 has no escape '\\b'")]
    [InlineData("[\\x{1F600}]", "a class can hold all of the characters above U+FFFF, or none")]
    [InlineData("\\p{Greek}", "'\\p{Greek}' is not supported")]
    [InlineData("\\p{IsGreek}", "'\\p{IsGreek}' is not supported")]
    [InlineData("\\p{", "a '}' is missing")]
    [InlineData("\\p", "it ends too early")]
    [InlineData("\\", "it ends too early")]
    [InlineData("\\Z", "RE2 has no escape '\\Z'")]
    [InlineData("\\G", "RE2 has no escape '\\G'")]
    [InlineData("\\C", "RE2 has no escape '\\C'")]
    [InlineData("\\e", "RE2 has no escape '\\e'")]
    [InlineData("\\u0041", "RE2 has no escape '\\u'")]
    [InlineData("\\xg0", "'g0' is no character's number")]
    [InlineData("\\x{110000}", "'110000' is no character's number")]
    [InlineData("\\x{}", "'' is no character's number")]
    [InlineData("a{1001}", "a repetition's count is above 1000")]
    [InlineData("a{1,99999999999}", "a repetition's count is above 1000")]
    public void What_RE2_lacks_and_what_takes_longer_than_linear_time_is_refused(string pattern, string reason)
    {
        string message = Assert.Throws<FormatException>(() => new Re2(pattern)).Message;
        Assert.StartsWith($"'{pattern}' is no regular expression of RE2: {reason}", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("a**")]
    [InlineData("a*+")]
    [InlineData("a{2}{3}")]
    [InlineData("a{3,2}")]
    [InlineData("(((a{1000}){1000}){1000}){1000}")]
    [InlineData("(.{1000}){1000}")]
    public void What_is_wrong_to_both_or_too_large_is_refused(string pattern) =>
        Assert.StartsWith($"'{pattern}' is no regular expression that can be matched in linear time: ", Assert.Throws<FormatException>(() => new Re2(pattern)).Message, StringComparison.Ordinal);

    [Fact]
    public void Length_and_depth_are_bounded()
    {
        Assert.True(new Re2(new string('(', 1000) + new string(')', 1000)).IsMatch(""));
        Assert.Contains("nested more than 1000 deep", Assert.Throws<FormatException>(() => new Re2(new string('(', 1001) + new string(')', 1001))).Message, StringComparison.Ordinal);
        Assert.Contains("4096 is the most", Assert.Throws<FormatException>(() => new Re2(new string('a', 4097))).Message, StringComparison.Ordinal);
    }

    /// <summary>With backtracking, the first would take longer than the universe has.</summary>
    [Theory]
    [InlineData("^(a+)+$")]
    [InlineData("^(a|a)*$")]
    [InlineData("^(.*a){20}$")]
    public void A_match_takes_linear_time(string pattern) => Assert.False(new Re2(pattern).IsMatch(new string('a', 4096) + "!"));

    [Theory]
    [InlineData("\\bfoo", "\u00e4foo")]
    [InlineData("\\B", "\u00e4")]
    [InlineData("\\pL", "\ud83d\ude00")]
    [InlineData("[^\\pL]", "\ud83d\ude00")]
    [InlineData("(?i)s", "\u017f")]
    [InlineData("(?i)[a-z]", "\u017f")]
    [InlineData("(?i)\u03bc", "\u00b5")]
    public void A_text_on_which_NET_answers_otherwise_is_refused(string pattern, string text) => Assert.Throws<DecodeException>(() => new Re2(pattern).IsMatch(text));
}
