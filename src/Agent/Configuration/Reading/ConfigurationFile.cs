using Microsoft.Win32.SafeHandles;

namespace EbpfAgent.Configuration.Reading;

/// <summary>Reads a small file whole, and turns what can go wrong into a <see cref="ConfigurationException"/>.</summary>
internal static class ConfigurationFile
{
    /// <summary>The largest file, in bytes: a wrong path (a device, a core dump) must not fill the memory.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>The file's bytes.</summary>
    /// <param name="file">The path as the user gave it.</param>
    /// <param name="wayOut">What to do where there is no such file.</param>
    /// <param name="open">Opens it; null does as .NET does, which waits where it is a pipe.</param>
    /// <exception cref="ConfigurationException">The file is not there, can't be read, or is too large.</exception>
    public static byte[] Read(string file, string wayOut, Func<string, SafeFileHandle>? open = null)
    {
        try
        {
            using FileStream stream = open is null
                ? new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0)
                : new FileStream(open(file), FileAccess.Read, bufferSize: 0);
            var bytes = new byte[MaxBytes + 1];
            int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length <= MaxBytes ? bytes[..length] : throw Refused(file, "larger than 1MiB; is it the right file?", null);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Refused(file, $"no such file; {wayOut}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Refused(file, $"can't be read: {e.Message}", e);
        }
    }

    private static ConfigurationException Refused(string file, string problem, Exception? inner) =>
        new([new ConfigurationError(JsonPosition.OfFile(file), "", problem)], inner);
}
