using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Reload;

/// <summary>What a script imports is saved, and the labels change, as if it were the script itself.</summary>
public sealed class ImportTests : KernelTest
{
    private const string Script = """
        import names from "./lib/names.json" with { type: "json" };
        export const labels = ["name"];
        export const decode = key => [names[key.minor] ?? "other"];
        """;

    [Fact]
    public async Task An_imported_file_of_a_plugin_is_followed()
    {
        using AgentFolder folder = new AgentFolder("\"interval\": \"100ms\"").WithScript("named", Script).WithFile("named/lib/names.json", "{ \"1\": \"a\" }");
        using AgentProcess agent = await AgentProcess.StartAsync(folder.Age());
        agent.Observe(plugins: 1, times: 5, key: 1);
        await SeeAsync(agent, "ebpf_named_count", "a", 5);

        // Nobody asks for a reload.
        folder.WithFile("named/lib/names.json", "{ \"1\": \"b\" }");
        await SeeAsync(agent, "ebpf_named_count", "b", 0);
        agent.Observe(plugins: 1, times: 2, key: 1);
        await SeeAsync(agent, "ebpf_named_count", "b", 2);
    }

    [Fact]
    public async Task A_file_that_a_script_of_the_configuration_imports_is_waited_for_and_followed()
    {
        using AgentFolder folder = new AgentFolder("""
            "interval": "100ms", "plugins": { "Good": { "scripts": { "latency": "labels/over.js" } } }
            """).WithDll("Good");
        Directory.CreateDirectory(Path.Combine(folder.Root, "labels", "lib"));
        string names = Path.Combine(folder.Root, "labels", "lib", "names.json");
        File.WriteAllText(Path.Combine(folder.Root, "labels", "over.js"), Script);
        using AgentProcess agent = await AgentProcess.StartAsync(folder.Age());
        await agent.SaysAsync($"'./lib/names.json' is not there: {names}; add the file, or correct the name.");

        File.WriteAllText(names, "{ \"1\": \"a\" }");
        agent.Observe(plugins: 1, times: 5, key: 1);
        await SeeAsync(agent, "ebpf_good_count", "a", 5);
        File.WriteAllText(names, "{ \"1\": \"b\" }");
        await SeeAsync(agent, "ebpf_good_count", "b", 0);
    }

    private static async Task SeeAsync(AgentProcess agent, string metric, string name, int count) =>
        await agent.ScrapeUntilAsync(scrape => scrape.Find(metric, ("name", name)) == $"{count}", $"{metric} of {name}: {count}");
}
