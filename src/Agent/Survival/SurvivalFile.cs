using Microsoft.Win32.SafeHandles;

namespace EbpfAgent.Survival;

/// <summary>
/// The file of a surviving plugin's totals, which only the holder of the plugin's claim touches. A record replaces the one before it as a whole: after a kill -9 there is
/// one of them, and never a part. It isn't synced to the disk, since after a power cut the pins are gone too.
/// </summary>
/// <remarks>Not for several threads at once. Writing a record allocates nothing that grows with the totals.</remarks>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "The stream holds no file between two records.")]
internal sealed class SurvivalFile
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _plugin;
    private readonly string _path;
    private readonly string _temporary;
    private readonly ChecksumStream _stream = new();
    private readonly List<(string Metric, long End)> _written = [];

    /// <param name="claim">The plugin's; outlives this.</param>
    /// <exception cref="SurvivalException">What an earlier agent left half written can't be removed.</exception>
    public SurvivalFile(PluginClaim claim)
    {
        _plugin = claim.Plugin;
        _path = claim.State.Record(_plugin);
        _temporary = claim.State.Temporary(_plugin);
        Guarded("cleared", () => File.Delete(_temporary));
    }

    /// <summary>Replaces the record.</summary>
    /// <exception cref="SurvivalException">It can't be written; the one before it is still there.</exception>
    public void Write(SurvivalIdentity identity, IReadOnlyList<MetricTotals> metrics)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(identity.ObjectHash.Length, SurvivalFormat.HashBytes);
        try
        {
            Guarded("written", () => WriteWhole(identity, metrics));
        }
        catch
        {
            Discard();
            throw;
        }
    }

    /// <summary>Reads the record, if it is of this very plugin.</summary>
    /// <param name="expected">What the plugin is now.</param>
    /// <param name="reason">Why there is none that can be used, in a sentence.</param>
    public SurvivalRecord? Read(SurvivalIdentity expected, out string? reason)
    {
        SurvivalRecord? record = null;
        try
        {
            using SafeFileHandle file = File.OpenHandle(_path);
            reason = Read(file, out record);
            if (record is not null && expected.DifferenceFrom(record.Identity) is { } difference) (record, reason) = (null, $"is of {difference}");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            reason = "is not there";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            reason = $"can't be read: {e.Message}";
        }

        if (reason is not null) reason = $"the totals of plugin '{_plugin}' begin anew: {_path} {reason}";
        return record;
    }

    /// <summary>Removes the record.</summary>
    /// <exception cref="SurvivalException">It can't be removed.</exception>
    public void Delete() => Guarded("removed", () => File.Delete(_path));

    private void WriteWhole(SurvivalIdentity identity, IReadOnlyList<MetricTotals> metrics)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.ReadWrite, BufferSize = 0, UnixCreateMode = Private };
        using (var file = new FileStream(_temporary, options))
        {
            _stream.Begin(file.SafeFileHandle);
            SurvivalFormat.WriteHead(_stream);
            _written.Clear();
            foreach (MetricTotals metric in metrics)
            {
                metric.Write(_stream);
                _written.Add((metric.Metric, _stream.Position));
            }

            long directory = _stream.Position;
            SurvivalFormat.WriteDirectory(_stream, identity, _written);
            Span<byte> foot = stackalloc byte[SurvivalFormat.FootBytes];
            SurvivalFormat.WriteFoot(foot, directory, _stream.Checksum());
            _stream.Write(foot);
            _stream.Flush();
        }

        File.Move(_temporary, _path, overwrite: true);
    }

    private static string? Read(SafeFileHandle file, out SurvivalRecord? record)
    {
        record = null;
        long length = RandomAccess.GetLength(file);
        if (length < SurvivalFormat.HeadBytes + SurvivalFormat.FootBytes) return "is truncated";
        Span<byte> head = stackalloc byte[SurvivalFormat.HeadBytes], foot = stackalloc byte[SurvivalFormat.FootBytes];
        ReadExactly(file, head, 0);
        ReadExactly(file, foot, length - foot.Length);
        if (SurvivalFormat.Refuse(head, foot, length) is { } problem) return problem;
        byte[] image = GC.AllocateUninitializedArray<byte>((int)length);
        ReadExactly(file, image, 0);
        try
        {
            record = SurvivalFormat.Parse(image);
            return null;
        }
        catch (FormatException e)
        {
            return $"is damaged: {e.Message}";
        }
    }

    private static void ReadExactly(SafeFileHandle file, Span<byte> bytes, long offset)
    {
        while (bytes.Length > 0)
        {
            int count = RandomAccess.Read(file, bytes, offset);
            if (count == 0) throw new EndOfStreamException("it became shorter while it was read");
            bytes = bytes[count..];
            offset += count;
        }
    }

    private void Discard()
    {
        try
        {
            File.Delete(_temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next record is written over it, and the next agent removes it.
        }
    }

    private void Guarded(string what, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SurvivalException($"{_path} can't be {what}: {e.Message}; make room, or set stateFolder to a folder that the agent may write", e);
        }
    }
}
