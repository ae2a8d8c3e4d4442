namespace EbpfAgent.Abstractions;

/// <summary>What is to be known of one program beyond its section. Immutable.</summary>
public sealed class ProgramOptions
{
    /// <summary>Where it is attached; null (the default) goes by its section, as libbpf does.</summary>
    public ProgramAttachment? Attachment { get; init; }

    /// <summary>
    /// Whether the rest of the plugin runs without it where this kernel lacks what it attaches to: then it is reported as unsupported. False by default: the whole plugin is unsupported.
    /// </summary>
    public bool IsOptional { get; init; }

    /// <summary>
    /// The name of a program that is preferred: this one is not attached unless that one can't be. For an <c>fentry</c> program with a <c>kprobe</c> in its place
    /// on kernels without trampolines.
    /// </summary>
    public string? InsteadOf { get; init; }
}
