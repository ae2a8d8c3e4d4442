
namespace EbpfAgent.Host;

/// <summary>
/// The kernel's symbols, from <c>/proc/kallsyms</c>. They are read at the first question, which takes a fraction of a second, and again at most once a minute,
/// when an address is asked for that may belong to a module or a BPF program that has come since: an unknown address costs no reading at every poll.
/// </summary>
internal sealed class KernelSymbols
{
    private const long MaxBytes = 256 << 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private KernelSymbolTable _table = KernelSymbolTable.Empty;
    private long? _readAt;

    public KernelSymbols(string root, TimeProvider time)
    {
        _path = Path.Combine(root, "proc/kallsyms");
        _time = time;
    }

    /// <summary>The function or object that holds an address; null where none does, or addresses are hidden.</summary>
    public string? Find(ulong address)
    {
        if (address < KernelSymbolTable.Lowest) return null;
        lock (_gate)
        {
            if (_readAt is null) Read();
            if (_table.Find(address) is { } name) return name;
            if (_table.IsOfTheKernelItself(address) || _time.GetElapsedTime(_readAt!.Value) < Pause) return null;
            Read();
            return _table.Find(address);
        }
    }

    private void Read()
    {
        _table = HostFile.Try(() =>
        {
            using FileStream? file = HostFile.Open(_path);
            return file is null ? null : KernelSymbolTable.Read(new LineReader(file, MaxBytes));
        }) ?? _table;
        _readAt = _time.GetTimestamp();
    }
}
