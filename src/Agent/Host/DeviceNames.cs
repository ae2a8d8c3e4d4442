namespace EbpfAgent.Host;

/// <summary>
/// Block devices by number. They come and go, and a number is given to another device after a removal, so that answers are kept for a minute. Character devices
/// have numbers of their own and are not looked for: a loop device that is gone would be taken for a console.
/// </summary>
internal sealed class DeviceNames
{
    private readonly string _folder;
    private readonly RereadCache<(uint Major, uint Minor), string> _names;

    public DeviceNames(string root, TimeProvider time)
    {
        _folder = Path.Combine(root, "sys/dev/block");
        _names = new RereadCache<(uint, uint), string>(capacity: 1024, TimeSpan.FromMinutes(1), time, Read);
    }

    public string? Find(uint major, uint minor) => _names.Find((major, minor));

    /// <summary>sysfs can't have a slash in a name, and writes <c>!</c> for it: <c>cciss!c0d0</c> is <c>cciss/c0d0</c>.</summary>
    private string? Read((uint Major, uint Minor) number)
    {
        string? target = HostFile.Try(() => new FileInfo(Path.Combine(_folder, $"{number.Major}:{number.Minor}")).LinkTarget);
        return target is null ? null : Path.GetFileName(target.TrimEnd('/')).Replace('!', '/');
    }
}
