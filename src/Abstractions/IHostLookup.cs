namespace EbpfAgent.Abstractions;

/// <summary>
/// What a key may want to know about the machine that the agent runs on. Implemented by the agent (and by authors' tests);
/// members may be added in later versions. All members may be called from any thread and never throw for what the host lacks.
/// </summary>
public interface IHostLookup
{
    /// <summary>The name of a block device, for example <c>sda</c> or <c>loop3</c>, or null where the host has none by this number.</summary>
    /// <param name="major">The major number.</param>
    /// <param name="minor">The minor number.</param>
    /// <remarks>Source: <c>/sys/dev/block/MAJOR:MINOR</c>.</remarks>
    string? DeviceName(uint major, uint minor);
}
