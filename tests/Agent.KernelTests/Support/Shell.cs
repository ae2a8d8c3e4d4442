using System.Diagnostics;

namespace EbpfAgent.Tests.Support;

/// <summary>Runs a tool to its end.</summary>
internal static class Shell
{
    /// <summary>What it printed; a tool that fails fails the test.</summary>
    public static string Run(string tool, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{tool} {string.Join(' ', arguments)}: exit code {process.ExitCode}: {errors.Result}");
        return output;
    }

    /// <summary>Its exit code and all that it printed, given this as its input.</summary>
    public static (int ExitCode, string Output) RunWithInput(string input, string tool, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(tool, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return (process.ExitCode, output.Result + errors.Result);
    }
}
