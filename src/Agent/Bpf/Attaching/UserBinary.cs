using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace EbpfAgent.Bpf.Attaching;

/// <summary>Finds an executable or a library by its name, as the shell and the dynamic linker would.</summary>
/// <param name="root">The root folder, which is <c>/</c> but in tests.</param>
/// <param name="path">What <c>PATH</c> says.</param>
internal sealed partial class UserBinary(string root, string? path)
{
    private const string UsualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private const int MostFolders = 256;

    private static readonly string Multiarch = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "aarch64-linux-gnu" : "x86_64-linux-gnu";

    private static readonly string[] LibraryFolders =
        [$"/lib/{Multiarch}", $"/usr/lib/{Multiarch}", "/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib", $"/usr/local/lib/{Multiarch}"];

    /// <summary>Its absolute path.</summary>
    /// <exception cref="BpfException">It is nowhere; the message says where it was looked for.</exception>
    public static string Find(AttachContext context, string name)
    {
        var finder = new UserBinary("/", Environment.GetEnvironmentVariable("PATH"));
        if (finder.Find(name, out string looked) is { } found) return found;
        throw context.Missing($"'{name}' is not there; looked for {looked}");
    }

    /// <summary>Its absolute path; null if it is nowhere.</summary>
    /// <param name="name">An absolute path, the name of an executable (<c>bash</c>), a library's file (<c>libssl.so.3</c>) or its name without version (<c>libc</c>), of which the newest is taken.</param>
    /// <param name="looked">Where it was looked for, in words.</param>
    public string? Find(string name, out string looked)
    {
        looked = $"the file {name}";
        if (name.StartsWith('/')) return File.Exists(root + name[1..]) ? name : null;
        if (name.Length == 0 || name.Contains('/', StringComparison.Ordinal))
        {
            looked = "an absolute path, or a name without folders";
            return null;
        }

        string[] libraries = [.. ConfiguredFolders().Concat(LibraryFolders).Distinct()];
        string[] executables = [.. $"{path}:{UsualPath}".Split(':').Where(static folder => folder.StartsWith('/')).Distinct()];
        looked = $"a library in {string.Join(", ", libraries)}, and for an executable in {string.Join(", ", executables)}";
        return IsLibrary(name)
            ? Library(name, libraries) ?? Executable(name, executables)
            : Executable(name, executables) ?? Library(name, libraries);
    }

    private static bool IsLibrary(string name) => name.StartsWith("lib", StringComparison.Ordinal) || name.Contains(".so", StringComparison.Ordinal);

    private string? Executable(string name, string[] folders) => folders.Select(folder => $"{folder.TrimEnd('/')}/{name}").FirstOrDefault(IsElf);

    private string? Library(string name, string[] folders)
    {
        foreach (string folder in folders)
        {
            if (!Directory.Exists(root + folder[1..])) continue;
            string exact = $"{folder}/{name}";
            if (IsElf(exact)) return exact;
            if (Newest(folder, name) is { } found) return found;
        }

        return null;
    }

    // libc.so may be a text for the linker; libc.so.6 is what runs.
    private string? Newest(string folder, string name)
    {
        string stem = name.EndsWith(".so", StringComparison.Ordinal) ? name : name + ".so";
        return Directory.EnumerateFiles(root + folder[1..], stem + "*")
            .Select(static file => Path.GetFileName(file))
            .Where(file => file == stem || Version().IsMatch(file[stem.Length..]))
            .OrderByDescending(file => file[stem.Length..].Split('.', StringSplitOptions.RemoveEmptyEntries).Select(static part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray(), VersionOrder.Instance)
            .Select(file => $"{folder}/{file}")
            .FirstOrDefault(IsElf);
    }

    private bool IsElf(string file)
    {
        try
        {
            using FileStream stream = File.OpenRead(root + file[1..]);
            Span<byte> magic = stackalloc byte[4];
            return stream.ReadAtLeast(magic, 4, throwOnEndOfStream: false) == 4 && magic.SequenceEqual("\u007fELF"u8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // What ldconfig is told: folders, a line each, in files that the main one includes.
    private IEnumerable<string> ConfiguredFolders()
    {
        string main = root + "etc/ld.so.conf", more = root + "etc/ld.so.conf.d";
        string[] included = Directory.Exists(more) ? Directory.GetFiles(more, "*.conf") : [];
        IEnumerable<string> files = new[] { main }.Where(File.Exists).Concat(included.Order());
        return files.SelectMany(File.ReadLines).Select(static line => line.Trim().TrimEnd('/')).Where(static line => line.StartsWith('/')).Take(MostFolders);
    }

    [GeneratedRegex(@"^(\.[0-9]{1,9})+$")]
    private static partial Regex Version();

    private sealed class VersionOrder : IComparer<int[]>
    {
        public static VersionOrder Instance { get; } = new();

        public int Compare(int[]? x, int[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
