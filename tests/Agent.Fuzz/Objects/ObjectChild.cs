using EbpfAgent.Bpf;

namespace EbpfAgent.Fuzz.Objects;

/// <summary>The process that may die: opens one damaged object after the other, and says before each which one it is.</summary>
internal static class ObjectChild
{
    /// <summary>The first argument of such a process.</summary>
    public const string Word = "--child";

    /// <summary>What it says after a number that was not refused, but opened.</summary>
    public const string Opened = "opened";

    public static int Run(IReadOnlyList<byte[]> sources, int first, int end)
    {
        using var guarded = new GuardedMemory(sources.Max(static source => source.Length) + DamagedObject.MostGrowth);
        for (int number = first; number < end; number++)
        {
            Console.WriteLine(number);
            if (Try(guarded.Hold(DamagedObject.Make(sources, number).Image))) Console.WriteLine(Opened);
        }

        return 0;
    }

    // Any other exception is a mistake, and ends the process.
    private static bool Try(ReadOnlySpan<byte> image)
    {
        try
        {
            ObjectReading.ReadAll(image);
            return true;
        }
        catch (Exception e) when (e is BpfException or BtfException or Lifecycle.PluginException)
        {
            return false;
        }
    }
}
