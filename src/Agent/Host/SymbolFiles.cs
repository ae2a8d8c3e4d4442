namespace EbpfAgent.Host;

/// <summary>
/// The symbols of the binaries that were asked for last: eight, and 64 MiB of them. What has none that can be read is kept as well, so that it isn't read
/// again. For any thread; the caller reads outside of the lock.
/// </summary>
internal sealed class SymbolFiles
{
    private const int Capacity = 8;
    private const long MaxSize = 64 << 20;

    private readonly Lock _gate = new();

    // The latest last.
    private readonly List<(FileIdentity File, ElfSymbols Symbols)> _files = [];

    public ElfSymbols? Find(FileIdentity file)
    {
        lock (_gate)
        {
            int index = _files.FindIndex(known => known.File == file);
            if (index < 0) return null;
            (FileIdentity File, ElfSymbols Symbols) found = _files[index];
            _files.RemoveAt(index);
            _files.Add(found);
            return found.Symbols;
        }
    }

    public void Add(FileIdentity file, ElfSymbols symbols)
    {
        lock (_gate)
        {
            _files.RemoveAll(known => known.File == file);
            _files.Add((file, symbols));
            while (_files.Count > Capacity || (_files.Count > 1 && _files.Sum(static known => known.Symbols.Size) > MaxSize)) _files.RemoveAt(0);
        }
    }
}
