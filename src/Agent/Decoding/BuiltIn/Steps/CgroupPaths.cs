namespace EbpfAgent.Decoding.BuiltIn.Steps;

/// <summary>What container managers write into a control group's path. Pure; the innermost container or pod counts.</summary>
internal static class CgroupPaths
{
    private const int ContainerIdLength = 64;
    private const string Scope = ".scope";
    private const string Slice = ".slice";
    private const string Service = ".service";
    private const string Machine = "machine-";
    private const string Nspawn = "systemd-nspawn@";
    private const string Pod = "pod";

    /// <summary>
    /// The container's id (Docker, containerd, CRI-O, Podman), or a machine's name (systemd-nspawn); empty where the group is in none.
    /// </summary>
    public static string Container(string path) => Innermost(path, ContainerOf);

    /// <summary>The pod's uid, with dashes where a uid has them; empty where the group is in none.</summary>
    public static string PodUid(string path) => Innermost(path, PodOf);

    private static string Innermost(string path, Func<string, string?> find)
    {
        // A colon parts what runc writes where its driver and the kubelet's differ: kubepods-pod1.slice:cri-containerd:ID.
        var segments = path.Split('/', ':');
        for (var i = segments.Length - 1; i >= 0; i--)
        {
            if (find(segments[i]) is { } found)
                return found;
        }

        return "";
    }

    /// <summary>
    /// <c>ID</c>, <c>docker-ID.scope</c>, <c>cri-containerd-ID.scope</c>, <c>crio-ID.scope</c>, <c>libpod-ID.scope</c>; but not the container's monitor,
    /// <c>libpod-conmon-ID.scope</c>.
    /// </summary>
    private static string? ContainerOf(string segment)
    {
        var name = Trim(segment, "", Scope);
        var id = name.Length > ContainerIdLength && name[^(ContainerIdLength + 1)] == '-' ? name[^ContainerIdLength..] : name;
        if (id.Length == ContainerIdLength && id.All(char.IsAsciiHexDigitLower))
            return name.Contains("conmon-", StringComparison.Ordinal) ? null : id;
        return MachineOf(segment);
    }

    private static string? MachineOf(string segment) => segment switch
    {
        _ when Is(segment, Machine, Scope) => Unescape(Trim(segment, Machine, Scope)),
        _ when Is(segment, Nspawn, Service) => Unescape(Trim(segment, Nspawn, Service)),
        _ => null,
    };

    /// <summary><c>podUID</c>, or <c>kubepods-burstable-podUID.slice</c> with underscores, since a dash would nest a slice.</summary>
    private static string? PodOf(string segment)
    {
        const int plain = 32, dashed = 36;
        var name = Trim(segment, "", Slice);
        var start = name.LastIndexOf(Pod, StringComparison.Ordinal);
        if (start < 0 || (start > 0 && name[start - 1] != '-'))
            return null;
        var uid = name[(start + Pod.Length)..].Replace('_', '-');
        return uid.Length is plain or dashed && uid.All(static c => char.IsAsciiHexDigitLower(c) || c == '-') ? uid : null;
    }

    private static bool Is(string segment, string prefix, string suffix) =>
        segment.Length > prefix.Length + suffix.Length && segment.StartsWith(prefix, StringComparison.Ordinal) && segment.EndsWith(suffix, StringComparison.Ordinal);

    private static string Trim(string segment, string prefix, string suffix) =>
        segment.EndsWith(suffix, StringComparison.Ordinal) ? segment[prefix.Length..^suffix.Length] : segment;

    /// <summary>systemd writes a dash in a unit's name as <c>\x2d</c>.</summary>
    private static string Unescape(string name) => name.Replace("\\x2d", "-", StringComparison.Ordinal);
}
