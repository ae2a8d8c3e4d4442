using System.Diagnostics;
using System.Globalization;

namespace EbpfAgent.Benchmarks;

/// <summary>Runs the C program that the figures are held against.</summary>
internal static class Floor
{
    /// <param name="what">What it does: the first argument.</param>
    /// <param name="arguments">The others.</param>
    public static double Measure(string what, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "floor"), [what, .. arguments]) { RedirectStandardOutput = true })!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"the floor for {what} failed with exit code {process.ExitCode}");
        return double.Parse(text, CultureInfo.InvariantCulture);
    }
}
