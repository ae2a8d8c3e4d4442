namespace EbpfAgent.Survival;

/// <summary>The kernel's name for the time since it was started: what was noted under another one is of no use any more.</summary>
internal static class BootId
{
    private const string Source = "/proc/sys/kernel/random/boot_id";

    /// <exception cref="SurvivalException">There is no /proc.</exception>
    public static Guid Read()
    {
        try
        {
            return Guid.Parse(File.ReadAllText(Source));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new SurvivalException($"{Source} can't be read: {e.Message}; mount /proc", e);
        }
    }
}
