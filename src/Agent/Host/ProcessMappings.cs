namespace EbpfAgent.Host;

/// <summary>
/// Where a process has code, from <c>/proc/PID/maps</c>. Immutable. A process can have any number of mappings with any names, so what is kept of one is
/// bounded: what lies beyond, at higher addresses, has no name.
/// </summary>
internal sealed class ProcessMappings
{
    private const int MaxMappings = 1024;
    private const int MaxCharacters = 64 << 10;
    private const long MaxBytes = 16 << 20;

    // In ascending order, as the kernel writes them.
    private readonly List<ProcessMapping> _mappings = [];

    private ProcessMappings()
    {
    }

    /// <summary>The mapping that an address lies in; null where the process has no named code there.</summary>
    public ProcessMapping? Find(ulong address)
    {
        int low = 0, high = _mappings.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_mappings[middle].End <= address) low = middle + 1;
            else high = middle;
        }

        return low < _mappings.Count && _mappings[low].Start <= address ? _mappings[low] : null;
    }

    /// <summary>Null where there is no such process, or it may not be looked at.</summary>
    public static ProcessMappings? Read(string path) => HostFile.Try(() =>
    {
        using FileStream? file = HostFile.Open(path);
        if (file is null) return null;
        var mappings = new ProcessMappings();
        var lines = new LineReader(file, MaxBytes);
        int characters = 0;
        while (mappings._mappings.Count < MaxMappings && characters < MaxCharacters && lines.TryRead(out ReadOnlySpan<byte> line))
        {
            if (ProcessMapping.Parse(line) is not { } mapping) continue;
            mappings._mappings.Add(mapping);
            characters += mapping.Path.Length;
        }

        return mappings;
    });
}
