namespace EbpfAgent.Lifecycle;

/// <summary>Reads the files that a plugin consists of, and none outside its folder.</summary>
internal static class PluginFile
{
    // The kernel takes a million instructions of eight bytes; debug information can be several times that.
    private const long MostBytes = 64 << 20;

    /// <param name="folder">The plugin's folder.</param>
    /// <param name="relative">A path below it.</param>
    /// <param name="what">What it is, for messages.</param>
    /// <exception cref="PluginException">It is missing, outside, too large or can't be read.</exception>
    public static byte[] Read(string folder, string relative, string what)
    {
        string path = Path.GetFullPath(relative, folder);
        if (!path.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw Unreadable($"the {what} '{relative}' lies outside of the plugin's folder {folder}; move it inside");
        try
        {
            return OrdinaryFile.Read(path, MostBytes, out long length) ?? throw Unreadable($"the {what} {path} has {length} bytes, and {MostBytes} is the most; strip it with llvm-strip -g");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Unreadable($"the {what} {path} is not there; build it, or correct its name");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable($"the {what} {path} can't be read: {e.Message}");
        }
    }

    private static PluginException Unreadable(string message) => new(PluginError.Object, message);
}
