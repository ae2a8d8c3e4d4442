using EbpfAgent.Host;
using EbpfAgent.Lifecycle;
using Microsoft.Extensions.Time.Testing;

namespace EbpfAgent.Tests.Host;

/// <summary>A machine made of files in a folder, with a clock that stands still. Gone when disposed.</summary>
internal sealed class FakeRoot : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ebpf-agent-host-");

    public FakeRoot() => Host = new LinuxHost(_folder.FullName, Time, Files);

    public FakeTimeProvider Time { get; } = new();

    public FileCalls Files { get; } = new();

    /// <summary>What is tested: the look-ups over these files.</summary>
    public LinuxHost Host { get; }

    public string Path => _folder.FullName;

    public string this[string path] => System.IO.Path.Combine(_folder.FullName, path);

    public void Dispose() => _folder.Delete(recursive: true);

    public void Write(string path, string text) => Write(path, System.Text.Encoding.UTF8.GetBytes(text));

    public void Write(string path, byte[] bytes)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(this[path])!);
        File.WriteAllBytes(this[path], bytes);
    }

    /// <summary>Makes a folder; returns its inode.</summary>
    public ulong Folder(string path)
    {
        Directory.CreateDirectory(this[path]);
        return Inode(path);
    }

    public void Link(string path, string target)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(this[path])!);
        File.Delete(this[path]);
        File.CreateSymbolicLink(this[path], target);
    }

    public void Delete(string path)
    {
        if (Directory.Exists(this[path])) Directory.Delete(this[path], recursive: true);
        else File.Delete(this[path]);
    }

    public ulong Inode(string path) => Files.Identify(this[path])!.Value.Inode;

    public void Pass(double seconds) => Time.Advance(TimeSpan.FromSeconds(seconds));
}
