using System.Text;
using CsCheck;
using EbpfAgent.Configuration;

namespace EbpfAgent.Tests.Configuration;

/// <summary>Whatever is in a file or the environment, it is read or refused with errors that have a place.</summary>
public sealed class RobustnessTests
{
    private static readonly Gen<string> Token = Gen.OneOf(
        "{", "}", "[", "]", ",", ":", "\"", "\\", "//", "/*", "*/", "\n", "null", "true", "1e999", "-0", "5", "\"5s\"", "\"\"",
        "\"é😀\"",
        "\"listen\":", "\"plugins\":", "\"pluginFolders\":", "\"limits\":", "\"maxSeries\":", "\"interval\":",
        "\"object\":", "\"metrics\":", "\"map\":", "\"name\":", "\"scripts\":", "\"\\ud800\"", "\"\\u0000\"", "\uFEFF");

    private static readonly string[] Segments =
        ["LISTEN", "PLUGINS", "PLUGINFOLDERS", "LIMITS", "MAXSERIES", "INTERVAL", "0", "1", "-1", "", "_", "é", "SCRIPTS", "A", "PORT"];

    private static readonly Gen<KeyValuePair<string, string?>> Variable =
        Gen.Select(
            Gen.OneOf(Segments).Array[0, 4],
            Gen.OneOf<string?>("", "5", "5s", "true", "/x", "\0", "*:1", "\ud800", null),
            (keys, value) => KeyValuePair.Create("EBPF_AGENT_" + string.Join("__", keys), value));

    [Fact]
    public void Random_bytes_are_refused_or_read() => Gen.Byte.Array[0, 200].Sample(bytes => IsReadOrRefused(bytes, []), iter: 5_000);

    [Fact]
    public void Random_pieces_of_JSON_are_refused_or_read() =>
        Gen.Select(Token.Array[0, 40], Variable.Array[0, 4]).Sample(
            (tokens, variables) => IsReadOrRefused(Encoding.UTF8.GetBytes(string.Concat(tokens)), variables), iter: 20_000);

    [Fact]
    public void Random_variables_are_refused_or_read() =>
        Variable.Array[0, 8].Sample(
            variables => IsReadOrRefused("""{"pluginFolders": ["a"], "plugins": {"A": {}}, "limits": 5}"""u8.ToArray(), variables),
            iter: 20_000);

    [Fact]
    public void Every_change_of_one_byte_in_the_default_configuration_is_refused_or_read()
    {
        byte[] original = File.ReadAllBytes(Path.Combine(Sample.RepositoryRoot(), "agent.json"));
        Gen.Select(Gen.Int[0, original.Length - 1], Gen.Byte).Sample(
            (at, value) =>
            {
                byte[] changed = [.. original];
                changed[at] = value;
                return IsReadOrRefused(changed, []);
            },
            iter: 3_000);
    }

    [Fact]
    public void Every_beginning_of_a_manifest_is_refused()
    {
        byte[] whole = Encoding.UTF8.GetBytes(PluginManifestTests.Minimal);
        for (int length = 0; length < whole.Length; length++)
            Assert.Throws<ConfigurationException>(() => PluginManifestLoader.Parse(whole[..length], Sample.ManifestFile));
    }

    private static bool IsReadOrRefused(byte[] utf8, KeyValuePair<string, string?>[] variables) =>
        IsReadOrRefused(() => AgentConfigurationLoader.Parse(utf8, Sample.AgentFile, variables))
        && IsReadOrRefused(() => PluginManifestLoader.Parse(utf8, Sample.ManifestFile));

    private static bool IsReadOrRefused(Func<object?> read)
    {
        try
        {
            return read() is not null;
        }
        catch (ConfigurationException e)
        {
            return e.Errors.Count > 0 && e.Errors.All(error => error.Problem.Length > 0 && error.Position.Source.Length > 0);
        }
    }
}
