namespace EbpfAgent.Tests.Soak;

/// <summary>The plugin that nobody touches. It counts the calls of all others, so whatever happens to them, it tells what there was.</summary>
internal static class Reference
{
    public const string Name = "soak-reference";

    /// <summary>Without the agent's prefix.</summary>
    public const string Metric = "soak_reference";

    public const string Object = "soak_reference.bpf.o";

    public static IReadOnlyDictionary<string, byte[]> Files(byte[] image) => new Dictionary<string, byte[]>
    {
        [Object] = image,
        ["plugin.json"] = System.Text.Encoding.UTF8.GetBytes($$"""
            { "object": "{{Object}}", "metrics": [{ "map": "soak_reference", "name": "{{Metric}}", "help": "All marked calls.", "script": "decode.js" }] }
            """),
        ["decode.js"] = """
            export const labels = ["plugin", "key"];
            export function decode(key) { return [String(key.plugin), String(key.number)]; }
            """u8.ToArray(),
    };
}
