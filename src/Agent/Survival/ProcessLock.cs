using System.Globalization;

namespace EbpfAgent.Survival;

/// <summary>
/// What one process holds at a time: a flock(2), which the kernel lets go of however the process ends, by kill -9 too. Taken and let go of
/// by any thread.
/// </summary>
/// <remarks>
/// Who holds it stands in a second file: .NET locks each file that it opens, be it only to read, and so the locked one can't be read.
/// </remarks>
internal sealed class ProcessLock : IDisposable
{
    private const int WouldBlock = 11; // EAGAIN, which .NET hands on as the HResult
    private const int LongestNote = 8 << 10;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly FileStream _locked;
    private readonly string _path;
    private readonly string _note;

    private ProcessLock(FileStream locked, string path, string note) => (_locked, _path, _note) = (locked, path, note);

    /// <summary>Takes the lock unless another has it; doesn't wait.</summary>
    /// <param name="path">The file that is locked; made where there is none.</param>
    /// <param name="note">The file that says who holds it.</param>
    /// <param name="configuration">The path of this process' configuration, for others to read.</param>
    /// <param name="holder">Where the result is null, who holds it: <c>process 1234 (config /etc/ebpf-agent/agent.json)</c>.</param>
    /// <exception cref="SurvivalException">The file can't be made or locked.</exception>
    public static ProcessLock? TryTake(string path, string note, string configuration, out string holder)
    {
        holder = "";
        try
        {
            if (TryLock(path) is not { } locked)
            {
                holder = ReadHolder(note);
                return null;
            }

            var taken = new ProcessLock(locked, path, note);
            taken.Announce(configuration);
            return taken;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SurvivalException($"{path} can't be locked: {e.Message}; run the agent as root, or set stateFolder to a folder that it may write", e);
        }
    }

    /// <summary>Lets go of it, and removes both files.</summary>
    public void Dispose()
    {
        try
        {
            // While it is locked: whoever has opened it by now sees that it is gone, and makes another.
            File.Delete(_note);
            File.Delete(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Two small files stay; they keep nobody from taking the lock.
        }

        _locked.Dispose();
    }

    private static FileStream? TryLock(string path)
    {
        while (TryOpen(path) is { } locked)
        {
            if (WasRemoved(locked))
            {
                locked.Dispose();
                continue;
            }

            // .NET goes on without a lock where there is no flock, or where it has been told to.
            using FileStream? second = TryOpen(path);
            if (second is null) return locked;
            locked.Dispose();
            throw new SurvivalException($"{path} can't be locked: its file system has no locks, or DOTNET_SYSTEM_IO_DISABLEFILELOCKING is set; unset it, or set stateFolder to another file system");
        }

        return null;
    }

    private static FileStream? TryOpen(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0, UnixCreateMode = Private };
        try
        {
            return new FileStream(path, options);
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            return null;
        }
    }

    // Its last holder may have removed it between our open and our lock; then the next one locks another file.
    private static bool WasRemoved(FileStream file) =>
        new FileInfo($"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}").LinkTarget?.EndsWith(" (deleted)", StringComparison.Ordinal) == true;

    private void Announce(string configuration)
    {
        try
        {
            File.WriteAllText(_note, $"{Environment.ProcessId}\n{configuration}\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The note is for messages; the lock is what counts.
        }
    }

    private static string ReadHolder(string note)
    {
        const string Unknown = "another process";
        try
        {
            using var file = new FileStream(note, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (file.Length > LongestNote) return Unknown;
            using var text = new StreamReader(file);
            string? process = text.ReadLine(), configuration = text.ReadLine();
            if (!int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out int id) || string.IsNullOrEmpty(configuration)) return Unknown;
            return configuration.Any(char.IsControl) ? $"process {id}" : $"process {id} (config {configuration})";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // Its holder is about to write it, or to remove it.
            return Unknown;
        }
    }
}
