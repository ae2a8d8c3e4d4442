using System.Runtime.Versioning;
using EbpfAgent.Configuration;

namespace EbpfAgent.Tests.Configuration;

public sealed class TrustedFileTests
{
    private const UnixFileMode Private = (UnixFileMode)0b111_101_101;
    private const UnixFileMode GroupWritable = Private | UnixFileMode.GroupWrite;
    private const UnixFileMode Open = GroupWritable | UnixFileMode.OtherWrite;

    private readonly Dictionary<string, UnixFileMode> _modes = new()
    {
        ["/"] = Private,
        ["/etc"] = Private,
        ["/etc/a"] = Private,
        ["/etc/a/agent.json"] = (UnixFileMode)0b110_100_100,
    };

    private readonly Dictionary<string, string> _links = [];

    [Fact]
    public void A_file_that_only_its_owner_can_write_is_trusted() => Assert.Null(Check("/etc/a/agent.json"));

    [Fact]
    public void A_file_that_everybody_can_write_is_named()
    {
        _modes["/etc/a/agent.json"] = Open;
        Assert.Equal(
            "/etc/a/agent.json can be written by everybody (mode 777), who thereby command the agent; chmod go-w /etc/a/agent.json",
            Check("/etc/a/agent.json"));
    }

    [Fact]
    public void A_folder_above_it_that_its_group_can_write_is_named()
    {
        _modes["/etc"] = GroupWritable;
        Assert.Equal(
            "/etc/a/agent.json can be replaced by others: /etc can be written by its group (mode 775), who thereby command the agent; "
            + "chmod go-w /etc",
            Check("/etc/a/agent.json"));
    }

    [Fact]
    public void A_sticky_folder_should_be_left_not_changed()
    {
        _modes["/tmp"] = Open | UnixFileMode.StickyBit;
        _modes["/tmp/x"] = Private;
        Assert.Equal(
            "/tmp/x can be replaced by others: /tmp can be written by everybody (mode 1777), who thereby command the agent; "
            + "move it to a folder that only root can write",
            Check("/tmp/x"));
    }

    [Theory]
    [InlineData("/home/me/real.json")]
    [InlineData("../../home/me/real.json")]
    public void The_target_of_a_link_is_checked_with_the_folders_above_it(string target)
    {
        _links["/etc/a/link.json"] = target;
        _modes["/home"] = Private;
        _modes["/home/me"] = GroupWritable;
        _modes["/home/me/real.json"] = Private;
        Assert.Contains("/home/me can be written by its group", Check("/etc/a/link.json"), StringComparison.Ordinal);

        _modes["/home/me"] = Private;
        Assert.Null(Check("/etc/a/link.json"));
    }

    [Fact]
    public void A_linked_folder_is_followed()
    {
        _links["/plugins"] = "/etc/b";
        _modes["/etc/b"] = Private;
        _modes["/etc/b/x.dll"] = GroupWritable;
        Assert.Contains("/etc/b/x.dll can be written by its group", Check("/plugins/x.dll"), StringComparison.Ordinal);
    }

    [Fact]
    public void Links_in_a_circle_and_missing_files_come_to_an_end()
    {
        _links["/etc/x"] = "y";
        _links["/etc/y"] = "x";
        Assert.Null(Check("/etc/x"));
        Assert.Null(Check("/etc/none/agent.json"));
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public void Real_modes_and_links_are_read()
    {
        // Not the temporary folder: everybody can write that one, and the check would come no further.
        string folder = Path.Combine(AppContext.BaseDirectory, "trusted-file");
        string file = Path.Combine(folder, "a.json"), link = Path.Combine(folder, "b.json");
        Directory.CreateDirectory(folder);
        try
        {
            File.WriteAllText(file, "{}");
            File.CreateSymbolicLink(link, "a.json");
            File.SetUnixFileMode(folder, Private);
            File.SetUnixFileMode(file, Private | UnixFileMode.OtherWrite);
            Assert.Contains($" {FirstWritable(file)} can be written by ", " " + TrustedFile.Check(file), StringComparison.Ordinal);
            Assert.Contains($" {FirstWritable(file)} can be written by ", " " + TrustedFile.Check(link), StringComparison.Ordinal);
            Assert.Null(TrustedFile.Check(Path.Combine("/proc", "no such file")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Where the tests run, a folder above may be writable as well; then it is named in the file's place.
    [SupportedOSPlatform("linux")]
    private static string FirstWritable(string path) =>
        Path.GetDirectoryName(path) is { } parent
        && FirstWritable(parent) is { Length: > 0 } above
            ? above
            : (File.GetUnixFileMode(path) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) == 0 ? "" : path;

    private string? Check(string path) => TrustedFile.Check(
        path, p => _modes.TryGetValue(p, out var mode) ? mode : null, p => _links.GetValueOrDefault(p));
}
