using EbpfAgent.Abstractions;

namespace EbpfAgent.Bpf;

/// <summary>What is to be known of an object that does not stand in it. Immutable.</summary>
/// <param name="Programs">For a program's name what its section does not say.</param>
/// <param name="Settings">Values of <c>const volatile</c> variables, by name: a bool, any integer, a double, or a string for a <c>char[]</c> or the name of an enum's value.</param>
/// <param name="KernelAddresses">For a kernel symbol's name its address, which goes into the variable <c>kaddr_NAME</c>; see <see cref="KernelSymbols"/>.</param>
internal sealed record ObjectOptions(
    IReadOnlyDictionary<string, ProgramOptions> Programs, IReadOnlyDictionary<string, object> Settings, IReadOnlyDictionary<string, ulong> KernelAddresses)
{
    /// <summary>Whether every program counts as optional.</summary>
    public bool AreProgramsOptional { get; init; }

    public static ObjectOptions None { get; } = new(new Dictionary<string, ProgramOptions>(), new Dictionary<string, object>(), new Dictionary<string, ulong>());
}
