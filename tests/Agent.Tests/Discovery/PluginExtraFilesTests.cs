namespace EbpfAgent.Tests.Discovery;

/// <summary>Files outside of a plugin that it was made of.</summary>
public sealed class PluginExtraFilesTests : IDisposable
{
    private readonly WatchedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Script => Path.Combine(_folder.Root, "labels.js");

    [Fact]
    public void One_that_is_known_before_the_plugin_counts_from_the_start()
    {
        WriteScript("1");
        _folder.Watch.SetExtraFiles("disk", [Script]);
        _folder.Write("Disk.dll", "1");
        Assert.Equal(_folder.HashOf("", "Disk.dll", Script), Assert.Single(_folder.Scan()).ContentHash);
        WriteScript("22");
        Assert.Equal(_folder.HashOf("", "Disk.dll", Script), _folder.Changed().ContentHash);
    }

    [Fact]
    public void One_that_the_load_has_found_is_no_change_by_itself()
    {
        WriteScript("1");
        _folder.Write("Disk.dll", "1").Scan();
        _folder.Watch.SetExtraFiles("Disk", [Script]);
        Assert.Empty(_folder.Settle(70));
        WriteScript("22");
        Assert.Equal(_folder.HashOf("", "Disk.dll", Script), _folder.Changed().ContentHash);
    }

    [Fact]
    public void One_that_was_written_while_the_plugin_was_loaded_is_a_change()
    {
        WriteScript("1");
        _folder.Write("Disk.dll", "1").Scan();
        WriteScript("2");
        File.SetLastWriteTimeUtc(Script, _folder.Time.GetUtcNow().UtcDateTime);
        _folder.Watch.SetExtraFiles("Disk", [Script]);
        Assert.Equal(_folder.HashOf("", "Disk.dll", Script), _folder.Changed().ContentHash);
        Assert.Empty(_folder.Settle());
    }

    [Fact]
    public void One_that_is_dropped_is_no_change_and_no_longer_looked_at()
    {
        WriteScript("1");
        _folder.Watch.SetExtraFiles("Disk", [Script]);
        _folder.Write("Disk.dll", "1").Scan();
        _folder.Watch.SetExtraFiles("Disk", []);
        Assert.Empty(_folder.Settle());
        WriteScript("22");
        Assert.Empty(_folder.Settle(40));
    }

    [Fact]
    public void One_that_is_missing_is_a_change_when_it_comes_and_when_it_goes()
    {
        _folder.Watch.SetExtraFiles("Disk", [Script]);
        _folder.Write("Disk.dll", "1");
        Assert.Equal(_folder.HashOf("", "Disk.dll"), Assert.Single(_folder.Scan()).ContentHash);
        WriteScript("1");
        Assert.Equal(_folder.HashOf("", "Disk.dll", Script), _folder.Changed().ContentHash);
        File.Delete(Script);
        Assert.Equal(_folder.HashOf("", "Disk.dll"), _folder.Changed().ContentHash);
    }

    [Fact]
    public void One_for_two_plugins_changes_both()
    {
        WriteScript("1");
        _folder.Watch.SetExtraFiles("a", [Script]);
        _folder.Watch.SetExtraFiles("b", [Script, Script]);
        _folder.Write("a.dll", "1").Write("b.dll", "2").Scan();
        WriteScript("22");
        Assert.Equal(["a", "b"], _folder.Settle().Select(static change => change.Name));
    }

    [Fact]
    public void One_that_lies_in_the_plugins_own_folder_and_is_of_another_kind_counts()
    {
        _folder.Write("net/plugin.json", "{}").Write("net/names.txt", "1").Scan();
        _folder.Watch.SetExtraFiles("net", [_folder.PathOf("net/names.txt"), _folder.PathOf("net/plugin.json")]);
        Assert.Empty(_folder.Settle(40));
        _folder.Write("net/names.txt", "22");
        Assert.Single(_folder.Settle());
    }

    [Fact]
    public void One_that_can_not_be_read_leaves_the_plugin_as_it_is()
    {
        WriteScript("1");
        _folder.Watch.SetExtraFiles("Disk", [Script]);
        _folder.Write("Disk.dll", "1").Scan();
        File.SetLastWriteTimeUtc(Script, DateTime.UnixEpoch);
        for (int i = 0; i < 10; i++) Assert.Empty(Unprivileged.Run(Script, _folder.Scan));
        Assert.Contains($"'{Script}'", Assert.Single(_folder.Problems), StringComparison.Ordinal);
        Assert.Empty(_folder.Settle());
    }

    private void WriteScript(string text) => _folder.Write("../labels.js", text);
}
