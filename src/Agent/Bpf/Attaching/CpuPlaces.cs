namespace EbpfAgent.Bpf.Attaching;

/// <summary>The CPUs that are on, as places. Reads the kernel's list anew at each call; the places are the same while the list says the same.</summary>
internal sealed class CpuPlaces(string file = OnlineCpus.File)
{
    private IReadOnlySet<int> _cpus = new HashSet<int>();
    private IReadOnlyList<Place> _places = [];

    /// <exception cref="BpfException">The kernel's list can't be read.</exception>
    public IReadOnlyList<Place> Now()
    {
        IReadOnlySet<int> cpus = OnlineCpus.Read(file);
        if (cpus.SetEquals(_cpus)) return _places;
        _places = [.. cpus.Order().Select(static cpu => new Place($"CPU {cpu}", cpu))];
        _cpus = cpus;
        return _places;
    }
}
