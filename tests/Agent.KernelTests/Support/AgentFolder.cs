namespace EbpfAgent.Tests.Support;

/// <summary>A folder as an operator would lay it out: a configuration, and plugins. Gone when disposed.</summary>
internal sealed class AgentFolder : IDisposable
{
    private const UnixFileMode ReadableByAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("ebpf-agent-test-");

    public AgentFolder(string settings = "")
    {
        _root.UnixFileMode = ReadableByAll;
        Directory.CreateDirectory(Plugins);
        File.WriteAllText(Configuration, $$"""{ "listen": "127.0.0.1:0", {{settings}} }""");
    }

    public string Root => _root.FullName;

    public string Configuration => Path.Combine(Root, "agent.json");

    public string Plugins => Path.Combine(Root, "plugins");

    public AgentFolder WithBundled()
    {
        foreach (string source in Directory.EnumerateFiles(BundledPlugin.Folder, "*", SearchOption.AllDirectories))
            Copy(source, Path.Combine(Plugins, Path.GetRelativePath(BundledPlugin.Folder, source)));
        return this;
    }

    public AgentFolder WithDll(params string[] fixtures)
    {
        foreach (string fixture in fixtures) Copy(Fixture.PathOf(fixture + ".dll"), Path.Combine(Plugins, fixture + ".dll"));
        return this;
    }

    public AgentFolder WithFile(string name, string text)
    {
        string path = Path.Combine(Plugins, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return this;
    }

    /// <summary>A script plugin over the map <c>latency</c> of latency.bpf.o.</summary>
    public AgentFolder WithScript(string name, string script)
    {
        WithFile($"{name}/decode.js", script);
        WithFile($"{name}/plugin.json", $$"""
            { "object": "latency.bpf.o", "metrics": [{ "map": "latency", "name": "{{name}}", "help": "A script's.", "script": "decode.js" }] }
            """);
        Copy(Fixture.PathOf("latency.bpf.o"), Path.Combine(Plugins, name, "latency.bpf.o"));
        return this;
    }

    /// <summary>The agent's own files, for a user who can't read the working copy.</summary>
    public string WithAgent()
    {
        foreach (string source in Directory.EnumerateFiles(AppContext.BaseDirectory)) Copy(source, Path.Combine(Root, "bin", Path.GetFileName(source)));
        return Path.Combine(Root, "bin", "ebpf-agent");
    }

    public void Dispose() => _root.Delete(recursive: true);

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(from, to);
    }
}
