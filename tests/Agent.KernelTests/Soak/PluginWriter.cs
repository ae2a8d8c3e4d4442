using System.Runtime.InteropServices;

namespace EbpfAgent.Tests.Soak;

/// <summary>How files come to be what they are to be.</summary>
internal enum WriteStyle
{
    /// <summary>Overwritten where they lie, as cp does it.</summary>
    InPlace,

    /// <summary>Written beside, then renamed, as rsync does it.</summary>
    Renamed,

    /// <summary>Written again and again, half of them first, as an editor with a save on each key, or a slow copy.</summary>
    Burst,

    /// <summary>Laid into a new folder, to which the plugin's link is then turned, as a deployment does it.</summary>
    Linked,
}

/// <summary>Lays plugins into the plugin folder, changes them, and removes them.</summary>
/// <param name="plugins">The plugin folder.</param>
/// <param name="releases">Where folders lie that links lead to; beside the plugin folder, so that a rename reaches.</param>
internal sealed partial class PluginWriter(string plugins, string releases)
{
    private int _release;

    public void Write(string plugin, IReadOnlyDictionary<string, byte[]> files, WriteStyle style, Random random)
    {
        string folder = Path.Combine(plugins, plugin);
        if (style == WriteStyle.Linked || new DirectoryInfo(folder).LinkTarget is not null)
        {
            Link(folder, files);
            return;
        }

        Directory.CreateDirectory(folder);
        foreach ((string name, byte[] bytes) in files.OrderBy(_ => random.Next()))
        {
            string path = Path.Combine(folder, name);
            // Who changes a script writes the script.
            if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes)) continue;
            if (style == WriteStyle.Burst) WriteBurst(path, bytes, random);
            if (style == WriteStyle.Renamed) Rename(path, bytes);
            else File.WriteAllBytes(path, bytes);
        }
    }

    /// <summary>Writes what is there already.</summary>
    public void Touch(string plugin, WriteStyle style, Random random)
    {
        string folder = Path.Combine(plugins, plugin);
        foreach (string path in Directory.EnumerateFiles(folder).Order().ToArray())
        {
            byte[] bytes = File.ReadAllBytes(path);
            if (random.Next(2) == 0) File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
            else if (style == WriteStyle.Renamed) Rename(path, bytes);
            else File.WriteAllBytes(path, bytes);
        }
    }

    public void Remove(string plugin)
    {
        string folder = Path.Combine(plugins, plugin);
        if (new DirectoryInfo(folder).LinkTarget is not null) File.Delete(folder);
        else Directory.Delete(folder, recursive: true);
    }

    private void Link(string folder, IReadOnlyDictionary<string, byte[]> files)
    {
        string release = Path.Combine(releases, $"{_release++}");
        Directory.CreateDirectory(release);
        foreach ((string name, byte[] bytes) in files) File.WriteAllBytes(Path.Combine(release, name), bytes);
        string beside = Path.Combine(releases, "next");
        File.CreateSymbolicLink(beside, release);
        if (new DirectoryInfo(folder) is { Exists: true, LinkTarget: null }) Directory.Delete(folder, recursive: true);
        // .NET moves no link to a folder over another one.
        Assert.Equal(0, MoveOver(beside, folder));
    }

    [LibraryImport("libc", EntryPoint = "rename", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MoveOver(string from, string to);

    private static void WriteBurst(string path, byte[] bytes, Random random)
    {
        for (int i = random.Next(3, 8); i > 0; i--)
        {
            File.WriteAllBytes(path, bytes[..random.Next(bytes.Length)]);
            Thread.Sleep(random.Next(30));
        }
    }

    private static void Rename(string path, byte[] bytes)
    {
        File.WriteAllBytes(path + ".tmp", bytes);
        File.Move(path + ".tmp", path, overwrite: true);
    }
}
