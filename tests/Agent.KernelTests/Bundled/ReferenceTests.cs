using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Bundled;

/// <summary>A plugin knows the contract and the framework, and never the agent.</summary>
public sealed class ReferenceTests
{
    public static TheoryData<string> Plugins => [.. Directory.EnumerateFiles(BundledPlugin.Folder, "*.dll", SearchOption.AllDirectories)];

    [Theory]
    [MemberData(nameof(Plugins))]
    public void A_plugin_references_the_contract_alone(string dll)
    {
        using var file = new PEReader(File.OpenRead(dll));
        MetadataReader metadata = file.GetMetadataReader();
        string[] references = [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
        Assert.Equal(["EbpfAgent.Abstractions"], references.Where(static name => !name.StartsWith("System.", StringComparison.Ordinal)));
    }

    [Fact]
    public void There_are_plugins_to_look_at() => Assert.Equal(2, Plugins.Count);
}
