using EbpfAgent.Discovery;

namespace EbpfAgent.Tests.Discovery;

/// <summary>Whatever happens to the files: once they rest, what was reported last is what is there, and nothing was reported twice.</summary>
public sealed class PluginRandomTests
{
    private static readonly string[] Files = ["a.dll", "b.dll", "c/plugin.json", "c/x.js", "c/lib/y.mjs", "d/d.dll", "a/a.dll"];

    [Fact]
    public void A_random_sequence_ends_with_what_is_there()
    {
        int first = Random.Shared.Next();
        for (int i = 0; i < 40; i++) Play(first + i);
    }

    private static void Play(int seed)
    {
        using var folder = new WatchedFolder();
        var random = new Random(seed);
        var last = new SortedDictionary<string, PluginChange>(StringComparer.Ordinal);
        for (int i = 0; i < 120; i++)
        {
            Disturb(folder, random);
            for (int scans = random.Next(4) == 0 ? random.Next(8) : random.Next(2); scans > 0; scans--) Take(folder.Scan(), last, seed);
        }

        Take(folder.Settle(), last, seed);
        folder.Watch.Rescan();
        Assert.True(folder.Scan().Count == 0, $"seed {seed}: something was overlooked");
        // Another watch, which has not seen how it came about.
        var there = new PluginWatch([folder.Plugins], folder.Time).Scan().ToDictionary(static change => change.Name);
        Assert.True(there.Keys.Order(StringComparer.Ordinal).SequenceEqual(last.Keys), $"seed {seed}: {string.Join(' ', last.Keys)} is not {string.Join(' ', there.Keys)}");
        foreach ((string name, PluginChange change) in last) Assert.True(there[name] == change, $"seed {seed}: {change} is not {there[name]}");
    }

    private static void Take(IReadOnlyList<PluginChange> changes, SortedDictionary<string, PluginChange> last, int seed)
    {
        foreach (PluginChange change in changes)
        {
            Assert.True(!change.Equals(last.GetValueOrDefault(change.Name)), $"seed {seed}: {change} was reported twice");
            Assert.True(change.Candidate is not null || last.ContainsKey(change.Name), $"seed {seed}: {change} was never there");
            if (change.Candidate is null)
                last.Remove(change.Name);
            else
                last[change.Name] = change;
        }
    }

    private static void Disturb(WatchedFolder folder, Random random)
    {
        string file = Files[random.Next(Files.Length)];
        string path = folder.PathOf(file);
        bool isThere = File.Exists(path);
        switch (random.Next(8))
        {
            case 0 when isThere:
                File.Delete(path);
                break;
            case 1 when isThere:
                folder.Touch(file);
                break;
            case 2 when Directory.Exists(folder.PathOf("c")):
                Directory.Delete(folder.PathOf("c"), recursive: true);
                break;
            case 3:
                folder.Write("." + Path.GetFileName(file), $"{random.Next(3)}");
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.Move(folder.PathOf("." + Path.GetFileName(file)), path, overwrite: true);
                break;
            case 4:
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.Delete(path);
                string target = Path.Combine(folder.Root, $"v{random.Next(3)}");
                File.WriteAllText(target, target);
                File.CreateSymbolicLink(path, target);
                break;
            default:
                if (isThere) File.Delete(path);
                folder.Write(file, $"{random.Next(3)}");
                break;
        }
    }
}
