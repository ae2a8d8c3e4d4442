using System.Diagnostics;
using System.Globalization;

namespace EbpfAgent.Fuzz.Objects;

/// <summary>Has damaged objects be opened in child processes. One that dies or hangs is noted with the object that it was at, and the next one goes on behind it.</summary>
/// <param name="folder">The folder with sound objects.</param>
internal sealed class ObjectFuzz(string folder)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>How many were opened, rather than refused: damage that is always found at once would test nothing.</summary>
    public int Opened { get; private set; }

    /// <summary>Writes a line for each that failed, and how many there were of all.</summary>
    /// <returns>How many failed.</returns>
    public int Report(int first, int count, TextWriter output)
    {
        IReadOnlyList<ObjectFailure> failures = Run(first, count, failure => output.WriteLine(failure));
        output.WriteLine($"{count} objects from {first} on: {Opened} opened, {count - Opened - failures.Count} refused, {failures.Count} failed");
        return failures.Count;
    }

    public IReadOnlyList<ObjectFailure> Run(int first, int count, Action<ObjectFailure>? onFailure = null)
    {
        var failures = new List<ObjectFailure>();
        for (int next = first; next < first + count;)
        {
            if (Child(next, first + count) is not { } failure) break;
            failures.Add(failure);
            onFailure?.Invoke(failure);
            next = failure.Number + 1;
        }

        return failures;
    }

    // Null where it has come to its end.
    private ObjectFailure? Child(int first, int end)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "EbpfAgent.Agent.Fuzz"), [ObjectChild.Word, folder, $"{first}", $"{end}"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        // A core for each death fills the disk, and takes longer than the death.
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        using Process child = Process.Start(start)!;
        Task<string> complaint = child.StandardError.ReadToEndAsync();
        int number = first;
        while (true)
        {
            Task<string?> line = child.StandardOutput.ReadLineAsync();
            if (!line.Wait(Patience))
            {
                child.Kill();
                return new ObjectFailure(number, $"hangs for {Patience.TotalSeconds} s");
            }

            if (line.Result is null) break;
            if (line.Result == ObjectChild.Opened) Opened++;
            else number = int.Parse(line.Result, CultureInfo.InvariantCulture);
        }

        child.WaitForExit();
        return child.ExitCode == 0 ? null : new ObjectFailure(number, $"ends the process with {child.ExitCode}: {complaint.Result.Trim()}");
    }
}

/// <summary>An object that was neither opened nor refused.</summary>
internal sealed record ObjectFailure(int Number, string What);
