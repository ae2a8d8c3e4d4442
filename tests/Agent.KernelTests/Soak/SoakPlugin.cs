using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Soak;

/// <summary>A plugin as it lies on the disk, and what has become of it. For one thread.</summary>
/// <param name="name">The plugin's name, which is its folder's.</param>
/// <param name="metric">Its metric, with the agent's prefix.</param>
/// <param name="number">Its number among the plugins of the load.</param>
/// <param name="objects">The objects, with the mark of this plugin in them, by their fixture's name.</param>
internal abstract class SoakPlugin(string name, string metric, int number, Func<string, byte[]> objects)
{
    public string Name => name;

    public string Metric => metric;

    public int Number => number;

    /// <summary>What lies in its folder.</summary>
    public Content Content { get; set; } = new();

    /// <summary>What of it runs; null while it is away.</summary>
    public Content? Running { get; set; }

    public Ledger Ledger { get; } = new();

    /// <summary>When it was removed, as a timestamp; null while its folder is there.</summary>
    public long? RemovedAt { get; set; }

    public bool IsBroken => Content.Damage != Damage.None;

    /// <summary>The ways in which it can be broken.</summary>
    public abstract IReadOnlyList<Damage> Damages { get; }

    /// <summary>Whether its help text and its label's name can be changed by themselves.</summary>
    public abstract bool HasManifest { get; }

    /// <summary>The help text of its metric.</summary>
    public abstract string Help(Content content);

    /// <summary>The files that the content is made of.</summary>
    public IReadOnlyDictionary<string, byte[]> Files(Content content)
    {
        byte[] image = objects(content.Object);
        if (content.Damage == Damage.TruncatedObject) image = image[..(image.Length / 2)];
        Dictionary<string, byte[]> files = new() { ["soak.bpf.o"] = image };
        AddCode(content, files);
        return files;
    }

    protected abstract void AddCode(Content content, Dictionary<string, byte[]> files);

    public override string ToString() => name;
}

/// <summary>One of a manifest and a script.</summary>
internal sealed class SoakScript(string name, int number, Func<string, byte[]> objects) : SoakPlugin(name, $"ebpf_{MetricOf(name)}", number, objects)
{
    public override IReadOnlyList<Damage> Damages => [Damage.TruncatedObject, Damage.BrokenCode, Damage.ThrowingCode, Damage.BrokenManifest, Damage.TakenName];

    public override bool HasManifest => true;

    public override string Help(Content content) => $"Marked calls, told for the {content.Help}. time.";

    protected override void AddCode(Content content, Dictionary<string, byte[]> files)
    {
        files["plugin.json"] = System.Text.Encoding.UTF8.GetBytes(Manifest(content));
        files["decode.js"] = System.Text.Encoding.UTF8.GetBytes(Script(content));
    }

    private string Manifest(Content content)
    {
        string metric = content.Damage == Damage.TakenName ? Reference.Metric : MetricOf(Name);
        string text = $$"""
            { "object": "soak.bpf.o", "metrics": [{ "map": "soak", "name": "{{metric}}", "help": "{{Help(content)}}", "script": "decode.js" }] }
            """;
        return content.Damage == Damage.BrokenManifest ? text[..(text.Length / 2)] : text;
    }

    private static string Script(Content content)
    {
        string set = content.Labelling switch
        {
            Labelling.First => "\"a\"",
            Labelling.Second => "\"b\"",
            _ => "(key.number % 2 ? \"b\" : \"a\")",
        };
        string body = content.Damage == Damage.ThrowingCode ? "throw new Error(\"no name\");" : $"return [{set} + (key.number >> 1)];";
        string text = $$"""
            export const labels = ["{{content.Label}}"];
            export function decode(key) { {{body}} }
            """;
        return content.Damage == Damage.BrokenCode ? text.Replace("[", "[;", StringComparison.Ordinal) : text;
    }

    private static string MetricOf(string name) => name.Replace('-', '_');
}

/// <summary>One of a DLL, with its object beside it.</summary>
internal sealed class SoakDll(string name, int number, Func<string, byte[]> objects) : SoakPlugin(name, "ebpf_soak_dll", number, objects)
{
    public override IReadOnlyList<Damage> Damages => [Damage.TruncatedObject, Damage.BrokenCode];

    public override bool HasManifest => false;

    // As in the builds.
    public override string Help(Content content) => content.Labelling switch
    {
        Labelling.First => "Marked calls, by pairs of keys.",
        Labelling.Second => "Marked calls, by pairs of keys named anew.",
        _ => "Marked calls, by keys.",
    };

    protected override void AddCode(Content content, Dictionary<string, byte[]> files)
    {
        byte[] image = Fixture.Read($"Soak{content.Labelling}.dll");
        files[$"{Name}.dll"] = content.Damage == Damage.BrokenCode ? image[..(image.Length / 2)] : image;
    }
}
