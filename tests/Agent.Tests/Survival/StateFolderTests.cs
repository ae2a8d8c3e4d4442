using EbpfAgent.Survival;
using EbpfAgent.Tests.Discovery;

namespace EbpfAgent.Tests.Survival;

public sealed class StateFolderTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_is_made_for_its_owner_alone()
    {
        Assert.True(StateFolder.TryOpen(Path.Combine(_folder.Root, "a/b"), out var state, out string? problem));
        Assert.Null(problem);
        Assert.Equal(Private, File.GetUnixFileMode(state.Path));
        Assert.True(StateFolder.TryOpen(state.Path, out _, out _));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite, "its group")]
    [InlineData(UnixFileMode.OtherWrite, "everybody")]
    public void One_that_others_can_write_is_refused(UnixFileMode open, string who)
    {
        File.SetUnixFileMode(_folder.State.Path, Private | open);
        Assert.False(StateFolder.TryOpen(_folder.State.Path, out _, out string? problem));
        Assert.StartsWith($"stateFolder: {_folder.State.Path} can be written by {who} (mode ", problem, StringComparison.Ordinal);
        Assert.EndsWith($"; chmod go-w {_folder.State.Path}", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_others_can_replace_is_refused()
    {
        File.SetUnixFileMode(_folder.Root, Private | UnixFileMode.OtherWrite);
        Assert.False(StateFolder.TryOpen(_folder.State.Path, out _, out string? problem));
        Assert.Contains($"{_folder.State.Path} can be replaced by others: {_folder.Root} can be written by everybody", problem, StringComparison.Ordinal);
        // Nobody can take it away from a folder with the sticky bit.
        File.SetUnixFileMode(_folder.Root, Private | UnixFileMode.OtherWrite | UnixFileMode.StickyBit);
        Assert.True(StateFolder.TryOpen(_folder.State.Path, out _, out _));
    }

    [Fact]
    public void One_that_cannot_be_made_says_so_and_the_way_out()
    {
        string file = Path.Combine(_folder.Root, "file");
        File.WriteAllText(file, "");
        Assert.False(StateFolder.TryOpen(Path.Combine(file, "state"), out _, out string? problem));
        Assert.StartsWith($"stateFolder: {file}/state can't be made or read: ", problem, StringComparison.Ordinal);
        Assert.EndsWith("; run the agent as root, or name a folder that it may write", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_rights_there_is_neither_a_folder_nor_an_exception()
    {
        string path = Path.Combine(_folder.Root, "state2");
        string? problem = Unprivileged.Run(_folder.Root, () => StateFolder.TryOpen(path, out _, out string? why) ? null : why);
        Assert.Contains(path, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Plugins_that_have_left_something_are_listed_once_and_nothing_else_is()
    {
        string[] names =
        [
            "A.lock", "A.holder", "A.state", "B.state", "C.tmp", "Acme%2EDisk.lock", "activity", "activity-lock", "activity-holder", "notes.txt",
            "%zz.lock", "x.y.state",
        ];
        foreach (string name in names) File.WriteAllText(Path.Combine(_folder.State.Path, name), "");
        Assert.Equal(["A", "Acme.Disk", "B", "C"], _folder.State.Plugins().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_plugins_file_is_one_of_the_agents() => Assert.All(["activity", "activity-lock"], plugin =>
    {
        string[] files = [_folder.State.Lock(plugin), _folder.State.Holder(plugin), _folder.State.Record(plugin), _folder.State.Temporary(plugin)];
        Assert.DoesNotContain(_folder.State.Activity, files);
        Assert.DoesNotContain(_folder.State.ActivityLock, files);
        Assert.DoesNotContain(_folder.State.ActivityHolder, files);
        Assert.Equal(4, files.Distinct().Count());
    });
}
