namespace EbpfAgent.Tests.Support;

/// <summary>A file system of one mebibyte in memory, in a temporary folder of its own. Unmounted when disposed; only then is the folder removed.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ebpf-agent-disk-");

    public SmallDisk()
    {
        try
        {
            Shell.Run("mount", "-t", "tmpfs", "-o", "size=1m,mode=0755", "tmpfs", _folder.FullName);
        }
        catch
        {
            _folder.Delete();
            throw;
        }
    }

    public string Path => _folder.FullName;

    private string Filler => System.IO.Path.Combine(Path, "filler.dat");

    /// <summary>Takes all room but some; a multiple of a page of 4 KiB.</summary>
    public void FillUpTo(int freeBytes)
    {
        using FileStream filler = File.Create(Filler);
        long free = new DriveInfo(Path).AvailableFreeSpace - freeBytes;
        filler.Write(new byte[free]);
    }

    /// <summary>Gives the room back.</summary>
    public void Free() => File.Delete(Filler);

    public void Dispose()
    {
        Shell.Run("umount", Path);
        // Not recursive: if anything were in there, it would not be ours.
        _folder.Delete();
    }
}
