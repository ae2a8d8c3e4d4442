namespace EbpfAgent.Host;

/// <summary>Processes' short names, kept for ten seconds: a process can change its name, and its number becomes another's. The name may hold any byte.</summary>
internal sealed class ProcessNames(string root, TimeProvider time)
{
    private readonly RereadCache<uint, string> _names =
        new(capacity: 4096, TimeSpan.FromSeconds(10), time, id => HostFile.ReadText(Path.Combine(root, $"proc/{id}/comm")));

    public string? Find(uint id) => _names.Find(id);
}
