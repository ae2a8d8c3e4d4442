using System.Buffers.Text;
using System.Text;

namespace EbpfAgent.Host;

/// <summary>
/// Users by number, from <c>/etc/passwd</c> alone: users of LDAP, systemd-homed or another service of the name switch have no name here, since to ask those can
/// take seconds and runs their code. The file is looked at every ten seconds at most, and read when it has changed.
/// </summary>
internal sealed class UserNames
{
    private const int MaxUsers = 65_536;
    private const long MaxBytes = 16 << 20;
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    private readonly string _path;
    private readonly IFileCalls _files;
    private readonly RefreshedNames<uint> _names;
    private FileIdentity? _read;

    public UserNames(string root, TimeProvider time, IFileCalls files)
    {
        _path = Path.Combine(root, "etc/passwd");
        _files = files;
        _names = new RefreshedNames<uint>(Lifetime, Lifetime, time, Read);
    }

    public string? Find(uint id) => _names.Find(id);

    private Dictionary<uint, string>? Read()
    {
        FileIdentity? file = _files.Identify(_path);
        if (file is null || file == _read) return null;
        Dictionary<uint, string>? names = HostFile.Try(Parse);
        if (names is not null) _read = file;
        return names;
    }

    private Dictionary<uint, string>? Parse()
    {
        using FileStream? file = HostFile.Open(_path);
        if (file is null) return null;
        var names = new Dictionary<uint, string>();
        var lines = new LineReader(file, MaxBytes);
        while (names.Count < MaxUsers && lines.TryRead(out ReadOnlySpan<byte> line)) Add(names, line);
        return names;
    }

    /// <summary>A line <c>name:password:number:...</c>; of two with one number the first counts, as it does for the C library.</summary>
    private static void Add(Dictionary<uint, string> names, ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> name = Fields.Cut(ref line, (byte)':');
        Fields.Cut(ref line, (byte)':');
        ReadOnlySpan<byte> number = Fields.Cut(ref line, (byte)':');
        if (!name.IsEmpty && Utf8Parser.TryParse(number, out uint id, out int used) && used == number.Length) names.TryAdd(id, Encoding.UTF8.GetString(name));
    }
}
