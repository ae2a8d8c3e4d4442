namespace EbpfAgent.Abstractions;

/// <summary>Names the BPF object of a plugin. Immutable, and safe to share between threads.</summary>
public sealed class BpfObjectSource
{
    private BpfObjectSource(string name, bool isResource)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Name = name;
        IsResource = isResource;
    }

    /// <summary>The resource's name or the file's path, as given.</summary>
    public string Name { get; }

    /// <summary>True for an embedded resource of the plugin's assembly, false for a file.</summary>
    public bool IsResource { get; }

    /// <summary>
    /// The object is an embedded resource of the plugin's assembly. The build step of <c>EbpfAgent.Bpf.targets</c> embeds
    /// <c>NAME.bpf.c</c> under the name <c>NAME.bpf.o</c>.
    /// </summary>
    /// <param name="name">The resource's logical name, for example <c>disk_latency.bpf.o</c>.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    public static BpfObjectSource FromResource(string name) => new(name, isResource: true);

    /// <summary>The object is a file beside the plugin's DLL, or below its folder.</summary>
    /// <param name="path">A path relative to the DLL's folder; one that leaves this folder is refused at load.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    public static BpfObjectSource FromFile(string path) => new(path, isResource: false);

    /// <summary>The source in words, for messages.</summary>
    public override string ToString() => IsResource ? $"embedded resource '{Name}'" : $"file '{Name}'";
}
