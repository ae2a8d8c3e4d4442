using System.Text;

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

    /// <summary>
    /// Whether the kernel shows the agent its symbols without their addresses (<c>kernel.kptr_restrict</c>, or no CAP_SYSLOG): then none can be named, and none
    /// found. Read anew at each call.
    /// </summary>
    public bool HidesAddresses => First(static (in KernelSymbolLine symbol) => symbol.Address != 0) is { Lines: > 0, Address: null };

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

    /// <summary>
    /// Where a function or object begins; null where there is none of this name, or addresses are hidden. Of several static functions with one name it is the
    /// first. The file is read up to there at each call, and nothing of it is kept: it is for settings that are made at a load.
    /// </summary>
    public ulong? AddressOf(string symbol)
    {
        byte[] name = Encoding.UTF8.GetBytes(symbol);
        return First((in KernelSymbolLine line) => line.Address != 0 && line.Name.SequenceEqual(name))?.Address;
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

    private Search? First(Wanted isWanted) => HostFile.Try(() =>
    {
        using FileStream? file = HostFile.Open(_path);
        if (file is null) return null;
        var lines = new LineReader(file, MaxBytes);
        int count = 0;
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            if (!KernelSymbolLine.TryParse(line, out KernelSymbolLine symbol)) continue;
            if (isWanted(symbol)) return new Search(count, symbol.Address);
            count++;
        }

        return new Search(count, null);
    });

    private delegate bool Wanted(in KernelSymbolLine symbol);

    /// <param name="Lines">Symbols that are not it.</param>
    /// <param name="Address">Its address.</param>
    private sealed record Search(int Lines, ulong? Address);
}
