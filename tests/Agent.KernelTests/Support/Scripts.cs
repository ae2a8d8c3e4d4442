namespace EbpfAgent.Tests.Support;

/// <summary>Decoders in JavaScript.</summary>
internal static class Scripts
{
    public const string SyntaxError = "export const labels = [;";

    /// <summary>One label, <c>version</c>, with this value whatever the key.</summary>
    public static string Version(int version) => $$"""export const labels = ["version"]; export function decode(key) { return ["{{version}}"]; }""";

    /// <summary>One label, <c>name</c>, with the value that a minor number has here; other keys are left out.</summary>
    public static string Names(params (int Minor, string Name)[] names) => $$"""
        const names = { {{string.Join(", ", names.Select(static one => $"{one.Minor}: \"{one.Name}\""))}} };
        export const labels = ["name"];
        export function decode(key) { return names[key.minor] ? [names[key.minor]] : null; }
        """;
}
