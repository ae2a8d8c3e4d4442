namespace EbpfAgent.Tests.Support;

/// <summary>A block device of our own, which nobody else uses: a loop device over a temporary file. Gone when disposed.</summary>
internal sealed class LoopDevice : IDisposable
{
    private readonly string _file = System.IO.Path.GetTempFileName();

    public LoopDevice(int megabytes)
    {
        using (FileStream stream = File.OpenWrite(_file)) stream.SetLength((long)megabytes << 20);
        Path = Shell.Run("losetup", "--find", "--show", _file).Trim();
        // What the plugin lives on: requests have a start time where the queue keeps statistics.
        string throttling = $"/sys/block/{Name}/queue/wbt_lat_usec";
        if (File.Exists(throttling) && File.ReadAllText(throttling).Trim() == "0") File.WriteAllText(throttling, "2000");
    }

    public string Path { get; }

    public string Name => System.IO.Path.GetFileName(Path);

    public void Dispose()
    {
        Shell.Run("losetup", "--detach", Path);
        File.Delete(_file);
    }
}
