namespace EbpfAgent.Hosting;

/// <summary>
/// The machine that the agent runs on, read from sysfs below a root that tests can choose. Any thread may call it. Answers,
/// absences included, are kept for a minute: devices come and go, and a number is given to another device after a removal.
/// </summary>
/// <param name="root">The root of the file system, <c>/</c> unless the host's is mounted elsewhere.</param>
/// <param name="time">The clock of the cache.</param>
internal sealed class LinuxHost(string root, TimeProvider time) : IHost
{
    public string Architecture => "x86_64";

    public string? UserSymbol(uint process, ulong address) => null;

    private const int Capacity = 1024;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<(uint Major, uint Minor), (string? Name, long ReadAt)> _devices = [];
    private readonly string _block = Path.Combine(root, "sys/dev/block");

    public string? DeviceName(uint major, uint minor)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            if (_devices.TryGetValue((major, minor), out var known) && time.GetElapsedTime(known.ReadAt, now) < Lifetime)
                return known.Name;
            if (_devices.Count >= Capacity)
                _devices.Clear();
            var name = ReadDeviceName($"{major}:{minor}");
            _devices[(major, minor)] = (name, now);
            return name;
        }
    }

    /// <summary>sysfs can't have a slash in a name, and writes <c>!</c> for it: <c>cciss!c0d0</c> is <c>cciss/c0d0</c>.</summary>
    private string? ReadDeviceName(string number)
    {
        try
        {
            var target = new FileInfo(Path.Combine(_block, number)).LinkTarget;
            return target is null ? null : Path.GetFileName(target.TrimEnd('/')).Replace('!', '/');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
