namespace EbpfAgent.Lifecycle;

/// <summary>
/// Why a plugin can't run, in one sentence that names the file or object, the thing, the cause, and the way out.
/// </summary>
internal sealed class PluginException(PluginError error, string message, Exception? inner = null) : Exception(message, inner)
{
    public PluginError Error { get; } = error;

    /// <summary>
    /// Whether the same files may load later: the kernel was short of something, another plugin had the name, the plugin's code threw or took too long. A syntax error or a
    /// layout that doesn't fit stays one until its file changes.
    /// </summary>
    public bool IsTransient { get; init; } = error is PluginError.Kernel or PluginError.Timeout or PluginError.Internal;

    /// <summary>The same, without the exception that it was made of and without a stack, for whoever keeps it: both may hold on to a plugin's types.</summary>
    public PluginException WithoutCause() => new(Error, Message) { IsTransient = IsTransient };
}

/// <summary>The class of a plugin's error, as exported in <c>ebpf_agent_plugin_last_error</c>.</summary>
internal enum PluginError
{
    /// <summary>The DLL or folder is not a plugin: garbage, empty, no public plugin class, its constructor threw.</summary>
    Plugin,

    /// <summary>plugin.json is missing a value, has an unknown one, or is not JSON.</summary>
    Manifest,

    /// <summary>The BPF object is missing, truncated, not ELF, or without BTF.</summary>
    Object,

    /// <summary>The kernel's verifier refused a program.</summary>
    Verifier,

    /// <summary>The map is not there, of a kind that can't be polled, or of another layout than the plugin says.</summary>
    Layout,

    /// <summary>A metric or label name is illegal or already taken.</summary>
    Metric,

    /// <summary>A script doesn't parse, lacks an export, or failed.</summary>
    Script,

    /// <summary>A new version's decoder fails on a key that the running version has.</summary>
    Decode,

    /// <summary>The agent lacks a capability.</summary>
    Permission,

    /// <summary>This kernel lacks what the plugin needs. Not a failure.</summary>
    Unsupported,

    /// <summary>The kernel refused something, for none of the other reasons.</summary>
    Kernel,

    /// <summary>A poll failed.</summary>
    Poll,

    /// <summary>A time limit was passed.</summary>
    Timeout,

    /// <summary>The agent ended twice while the plugin was loading or polling.</summary>
    Crash,

    /// <summary>It is to survive the agent, and can't: its pins are another agent's, or there is no place for them.</summary>
    Survival,

    /// <summary>What nobody foresaw.</summary>
    Internal,
}
