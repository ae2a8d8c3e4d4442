using EbpfAgent.Discovery;

namespace EbpfAgent.Tests.Discovery;

public sealed class RealPathTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("ebpf-agent-test-").FullName;

    public RealPathTests()
    {
        Directory.CreateDirectory(In("real/deep"));
        File.WriteAllText(In("real/file"), "1");
        File.WriteAllText(In("file"), "22");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("file", "file")]
    [InlineData("real/", "real")]
    [InlineData("./real/../file", "file")]
    [InlineData("", "")]
    [InlineData("none", null)]
    [InlineData("file/none", null)]
    [InlineData("none/../file", null)]
    public void Without_links_it_is_the_path(string path, string? real) => Assert.Equal(real is null ? null : In(real), Of(path));

    /// <summary>A link's <c>..</c> begins where the link's folder really is.</summary>
    [Fact]
    public void A_relative_link_begins_at_the_folder_it_really_lies_in()
    {
        File.CreateSymbolicLink(In("short"), "real/deep");
        File.CreateSymbolicLink(In("real/deep/up"), "../file");
        Assert.Equal(In("real/file"), Of("short/up"));
        Assert.Equal(In("real/file"), Of("short/../file"));
        Assert.Equal(File.ReadAllText(In("real/file")), File.ReadAllText(In("short/up")));
    }

    [Fact]
    public void Links_are_followed_wherever_they_are_on_the_way()
    {
        File.CreateSymbolicLink(In("one"), "two");
        File.CreateSymbolicLink(In("two"), In("real"));
        Assert.Equal(In("real/file"), Of("one/file"));
        Assert.Equal(In("real"), Of("one"));
        Assert.Equal(In("real/file"), RealPath.Below(In("real"), "file")!.FullName);
        Assert.Equal(In("file"), RealPath.Below(In("real"), "../file")!.FullName);
        File.Delete(In("two"));
        Assert.Null(Of("one/file"));
    }

    [Fact]
    public void A_circle_is_no_absence()
    {
        File.CreateSymbolicLink(In("one"), "two");
        File.CreateSymbolicLink(In("two"), "one");
        Assert.Throws<IOException>(() => Of("one"));
    }

    [Fact]
    public void What_may_not_be_known_is_no_absence()
    {
        File.CreateSymbolicLink(In("link"), "real/file");
        new DirectoryInfo(_root).UnixFileMode |= UnixFileMode.OtherExecute;
        foreach (string path in (string[])["real/file", "real/none", "link"])
            Assert.IsType<UnauthorizedAccessException>(Unprivileged.Run(In("real"), () => Record.Exception(() => Of(path))));
    }

    private string In(string path) => Path.Combine(_root, path).TrimEnd('/');

    private string? Of(string path) => RealPath.Of(_root + "/" + path)?.FullName;
}
