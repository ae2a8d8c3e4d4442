using System.Reflection;
using System.Text.RegularExpressions;
using EbpfAgent.Abstractions;
using EbpfAgent.Bpf.Native;
using NetArchTest.Rules;

namespace EbpfAgent.Tests.Architecture;

/// <summary>The arrows between the rooms of the house: which room may know which.</summary>
public sealed class DirectionTests
{
    private static readonly Assembly Agent = typeof(LibBpf).Assembly;

    // Files and sockets; streams in memory are another matter.
    private static readonly string[] InputAndOutput =
    [
        "System.IO.File", "System.IO.FileInfo", "System.IO.FileStream", "System.IO.FileSystemInfo", "System.IO.Directory", "System.IO.DirectoryInfo",
        "System.IO.FileSystemWatcher", "System.IO.StreamReader", "System.IO.StreamWriter", "System.Net.Sockets", "System.Net.Http", "System.Diagnostics.Process",
    ];

    /// <summary>A room, and the rooms of the agent that it knows nothing of.</summary>
    public static TheoryData<string, string[]> Forbidden => new()
    {
        { "Bpf.Native", ["Configuration", "Decoding", "Discovery", "Exposition", "Folding", "Health", "Host", "Hosting", "Lifecycle", "Polling", "Series", "Survival"] },
        { "Bpf", ["Configuration", "Decoding", "Discovery", "Exposition", "Folding", "Health", "Host", "Hosting", "Lifecycle", "Polling", "Series", "Survival"] },
        { "Folding", ["Bpf", "Configuration", "Decoding", "Discovery", "Exposition", "Health", "Host", "Hosting", "Lifecycle", "Polling", "Series", "Survival"] },
        { "Series", ["Bpf", "Configuration", "Discovery", "Exposition", "Health", "Host", "Hosting", "Lifecycle", "Polling", "Survival"] },
        { "Polling", ["Configuration", "Decoding", "Discovery", "Exposition", "Health", "Host", "Hosting", "Lifecycle", "Survival"] },
        { "Decoding", ["Bpf.Native", "Configuration", "Discovery", "Exposition", "Folding", "Health", "Host", "Hosting", "Polling", "Series", "Survival"] },
        { "Discovery", ["Bpf", "Configuration", "Decoding", "Exposition", "Folding", "Health", "Host", "Hosting", "Lifecycle", "Polling", "Series", "Survival"] },
        { "Configuration", ["Bpf", "Discovery", "Exposition", "Folding", "Health", "Host", "Hosting", "Lifecycle", "Polling", "Series", "Survival"] },
        { "Exposition", ["Bpf.Native", "Configuration", "Decoding", "Discovery", "Host", "Hosting", "Survival"] },
        { "Health", ["Bpf.Native", "Configuration", "Decoding", "Discovery", "Exposition", "Host", "Hosting", "Survival"] },
        { "Host", ["Bpf", "Configuration", "Discovery", "Exposition", "Folding", "Health", "Hosting", "Lifecycle", "Polling", "Series", "Survival"] },
        { "Lifecycle", ["Exposition", "Health"] },
        { "Survival", ["Bpf", "Decoding", "Discovery", "Exposition", "Folding", "Health", "Host", "Hosting", "Lifecycle", "Polling", "Series"] },
    };

    [Theory]
    [MemberData(nameof(Forbidden))]
    public void A_room_knows_no_other_than_it_should(string room, string[] unknown) =>
        Check(TypesOf(room).ShouldNot().HaveDependencyOnAny([.. unknown.Select(static other => $"EbpfAgent.{other}")]).GetResult());

    [Theory]
    [InlineData("Folding")]
    [InlineData("Decoding")]
    [InlineData("Series")]
    [InlineData("Polling")]
    public void What_only_computes_has_no_files_and_no_sockets(string room) =>
        Check(TypesOf(room).ShouldNot().HaveDependencyOnAny(InputAndOutput).GetResult());

    /// <summary>The tests above see what they look for: what is known to be there is found.</summary>
    [Theory]
    [InlineData("Lifecycle", "EbpfAgent.Polling")]
    [InlineData("Lifecycle", "EbpfAgent.Bpf.Native")]
    [InlineData("Lifecycle", "System.IO.File")]
    [InlineData("Lifecycle", "EbpfAgent.Host")]
    [InlineData("Decoding", "EbpfAgent.Bpf.Btf")]
    [InlineData("Host", "EbpfAgent.Decoding")]
    [InlineData("Host", "System.IO.File")]
    [InlineData("Survival", "EbpfAgent.Configuration")]
    [InlineData("Hosting", "EbpfAgent.Survival")]
    public void An_arrow_that_is_there_is_seen(string room, string known) =>
        Assert.False(TypesOf(room).ShouldNot().HaveDependencyOn(known).GetResult().IsSuccessful);

    [Fact]
    public void Rooms_whose_names_begin_alike_are_told_apart()
    {
        Assert.Contains(TypesOf("Host").GetTypes(), static type => type.Name == "LinuxHost");
        Assert.DoesNotContain(TypesOf("Host").GetTypes(), static type => type.Name == "AgentHost");
        Check(TypesOf("Hosting").ShouldNot().HaveDependencyOn("EbpfAgent.Host").GetResult());
    }

    /// <summary>The writers take numbers and give bytes; the endpoint and the page know HTTP and the plugins.</summary>
    [Fact]
    public void The_writers_of_the_text_know_neither_the_kernel_nor_the_plugins_nor_HTTP()
    {
        string[] writers = ["BufferStream", "ExpositionBuffer", "GoNumber", "HistogramText", "MetricsDocument", "ScaledNumber"];
        PredicateList selected = Types.InAssembly(Agent).That().ResideInNamespace("EbpfAgent.Exposition").And().HaveNameMatching($"^({string.Join('|', writers)})$");
        Assert.Equal(writers, selected.GetTypes().Select(static type => type.Name).Order());
        Check(selected.ShouldNot().HaveDependencyOnAny(["EbpfAgent.Bpf", "EbpfAgent.Lifecycle", "EbpfAgent.Health", "EbpfAgent.Polling", "Microsoft.AspNetCore", .. InputAndOutput]).GetResult());
    }

    /// <summary>The types of a key come from an object's BTF, which is a parser of bytes; the rest of the room is the kernel's.</summary>
    [Fact]
    public void Decoders_know_of_the_kernel_its_types_only()
    {
        string[] rest = [.. Agent.GetTypes().Where(static type => type.Namespace == "EbpfAgent.Bpf" && !type.Name.StartsWith("Btf", StringComparison.Ordinal)).Select(static type => type.FullName!)];
        Assert.Contains("EbpfAgent.Bpf.BpfMap", rest);
        Check(Types.InAssembly(Agent).That().ResideInNamespace("EbpfAgent.Decoding").ShouldNot().HaveDependencyOnAny(rest).GetResult());
    }

    /// <summary>Rooms that may call into libbpf by themselves: Bpf, the reader of maps, and whoever puts the two together.</summary>
    [Fact]
    public void Only_Bpf_Polling_and_the_loader_know_the_native_calls() => Check(
        Types.InAssembly(Agent).That().DoNotResideInNamespace("EbpfAgent.Bpf").And().DoNotResideInNamespace("EbpfAgent.Polling").And().DoNotResideInNamespace("EbpfAgent.Lifecycle")
            .ShouldNot().HaveDependencyOn("EbpfAgent.Bpf.Native").GetResult());

    [Fact]
    public void Native_calls_are_declared_in_one_room()
    {
        const BindingFlags All = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        string[] rooms = [.. Agent.GetTypes().SelectMany(static type => type.GetMethods(All))
            .Where(static method => method.Attributes.HasFlag(MethodAttributes.PinvokeImpl) || method.GetCustomAttribute<System.Runtime.InteropServices.DllImportAttribute>() is not null)
            .Select(static method => method.DeclaringType!.Namespace!).Distinct()];
        Assert.Equal(["EbpfAgent.Bpf.Native"], rooms);
    }

    [Fact]
    public void The_contract_references_nothing_but_the_framework() =>
        Assert.All(typeof(IPlugin).Assembly.GetReferencedAssemblies(), static name => Assert.StartsWith("System.", name.Name, StringComparison.Ordinal));

    [Fact]
    public void All_of_the_agent_is_internal_to_it() =>
        Assert.DoesNotContain(Agent.GetExportedTypes(), static type => type.Namespace?.StartsWith("EbpfAgent", StringComparison.Ordinal) == true);

    /// <summary>Those of a room and of the rooms in it: the library alone would take Hosting for a part of Host.</summary>
    private static PredicateList TypesOf(string room) => Types.InAssembly(Agent).That().ResideInNamespaceMatching($@"^EbpfAgent\.{Regex.Escape(room)}(\.|$)");

    private static void Check(NetArchTest.Rules.TestResult result) => Assert.True(result.IsSuccessful, string.Join(", ", result.FailingTypeNames ?? []));
}
