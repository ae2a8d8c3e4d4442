using System.Diagnostics;
using System.Globalization;

namespace EbpfAgent.Benchmarks;

/// <summary>Runs the C program that the figures are held against.</summary>
internal static class Floor
{
    public static double Milliseconds(string what, int series)
    {
        using Process process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "floor"), [what, $"{series}"]) { RedirectStandardOutput = true })!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"the floor for {what} failed with exit code {process.ExitCode}");
        return double.Parse(text, CultureInfo.InvariantCulture);
    }
}
