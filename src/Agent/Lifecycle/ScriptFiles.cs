using System.Text;
using EbpfAgent.Decoding.JavaScript;
using EbpfAgent.Discovery;

namespace EbpfAgent.Lifecycle;

/// <summary>The files of one folder, for the scripts in it. No path and no link leads out of it.</summary>
/// <param name="folder">The folder, absolute.</param>
internal sealed class ScriptFiles(string folder) : IScriptFiles
{
    // UTF-8 has at most three bytes for a UTF-16 unit.
    private const long MostBytes = ScriptLimits.ImportedLength * 3;

    private readonly List<string> _asked = [];

    /// <summary>The absolute paths of all files that were asked for, those that are missing as well: what has to be watched besides the scripts.</summary>
    public IReadOnlyList<string> Asked => _asked;

    /// <summary>A script, which may import the other files of the folder.</summary>
    /// <param name="path">The script, in the folder or below it.</param>
    /// <exception cref="PluginException">It can't be read.</exception>
    public ScriptSource Open(string path)
    {
        path = Path.GetFullPath(path, folder);
        string name = Path.GetRelativePath(folder, path);
        return new ScriptSource(path, Text(PluginFile.Read(folder, name, "script"))) { Name = name, Files = this };
    }

    public string? Read(string name)
    {
        _asked.Add(Path.Join(folder, name));
        try
        {
            string root = RealPath.Of(folder)?.FullName ?? folder;
            return RealPath.Below(root, name) is { } file ? Read(file, root) : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"can't be read: {e.Message}", e);
        }
    }

    private static string? Read(FileInfo file, string root)
    {
        if (!file.FullName.StartsWith(root.TrimEnd('/') + '/', StringComparison.Ordinal))
            throw new IOException($"is a link that leads out of the script's folder, to {file.FullName}; copy the file into the folder");
        if ((file.Attributes & FileAttributes.Directory) != 0) throw new IOException("is a folder; name a file in it");
        if (file.Length > MostBytes) throw new IOException($"has {file.Length} bytes, and {MostBytes} is the most; leave out what no label needs");
        // A pipe has no length either, and to open it would be to wait for whoever writes into it.
        return file.Length == 0 ? "" : Text(File.ReadAllBytes(file.FullName));
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes);
}
