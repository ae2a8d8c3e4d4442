using EbpfAgent.Bpf;
using EbpfAgent.Configuration;
using EbpfAgent.Decoding;
using EbpfAgent.Discovery;
using EbpfAgent.Lifecycle;

namespace EbpfAgent.Hosting.Commands;

/// <summary><c>ebpf-agent decode</c>: shows a key's fields, and the labels that a plugin makes of it.</summary>
internal sealed class DecodeCommand(AgentConfiguration configuration, TextWriter output, TextWriter errors)
{
    // Of each metric: to look at, and not to go through.
    private const int MostKeys = 20;

    private static readonly TimeSpan BetweenPolls = TimeSpan.FromMilliseconds(200);

    private readonly CommandLog _log = new(output);

    /// <summary>Decodes a key that is given.</summary>
    /// <param name="path">The plugin's folder or file.</param>
    /// <param name="metric">The metric, with or without its prefix; null takes each whose key is of this size.</param>
    /// <param name="key">The key's bytes as the kernel holds them.</param>
    /// <returns>Whether it could be decoded.</returns>
    public bool Decode(string path, string? metric, byte[] key) => Try(path, (trial, candidate) =>
    {
        using ExaminedPlugin examined = trial.Examine(candidate);
        MetricBinding[] fitting = [.. Chosen(examined.Bindings, metric).Where(binding => binding.KeySize == key.Length)];
        if (fitting.Length == 0)
        {
            string sizes = string.Join(", ", Chosen(examined.Bindings, metric).Select(static binding => $"{binding.Description.Name} has {binding.KeySize}"));
            throw new PluginException(PluginError.Decode, $"the key has {key.Length} bytes, and that of {sizes}");
        }

        bool isWell = true;
        foreach (MetricBinding binding in fitting) isWell &= Show(binding, key);
        return isWell;
    });

    /// <summary>Runs the plugin, and shows the keys that come.</summary>
    /// <param name="path">The plugin's folder or file.</param>
    /// <param name="metric">The metric, with or without its prefix; null takes all.</param>
    /// <param name="duration">For how long it runs.</param>
    /// <param name="cancellation">Ends it before.</param>
    /// <returns>Whether every key could be decoded.</returns>
    public bool Live(string path, string? metric, TimeSpan duration, CancellationToken cancellation) => Try(path, (trial, candidate) =>
    {
        bool isWell = true;
        int shown = 0;
        MetricBinding Watch(MetricBinding binding) => IsChosen(binding, metric)
            ? binding with { Decoder = new ShownDecoder(binding.Decoder, MostKeys, key => { shown++; isWell &= Show(binding, key); }) }
            : binding;
        using RunningPlugin running = trial.Run(candidate, Watch);
        long started = TimeProvider.System.GetTimestamp();
        while (!cancellation.IsCancellationRequested && TimeProvider.System.GetElapsedTime(started) < duration)
        {
            running.Maintain();
            running.Poll();
            cancellation.WaitHandle.WaitOne(BetweenPolls);
        }

        if (shown == 0) output.WriteLine($"  no key came within {duration.TotalSeconds} s: nothing has happened that its programs count; --seconds N waits longer");
        return isWell;
    });

    private bool Try(string path, Func<PluginTrial, PluginCandidate, bool> work)
    {
        try
        {
            IReadOnlyList<PluginCandidate> found = PluginTrial.Find(path);
            if (found.Count > 1) throw new PluginException(PluginError.Plugin, $"{path} has {found.Count} plugins in it; name one of them");
            return work(new PluginTrial(configuration, TimeProvider.System, _log), found[0]);
        }
        catch (Exception e) when (e is PluginException or BpfException)
        {
            errors.WriteLine($"ebpf-agent: {e.Message}");
            return false;
        }
    }

    private static MetricBinding[] Chosen(IEnumerable<MetricBinding> bindings, string? metric)
    {
        MetricBinding[] all = [.. bindings];
        MetricBinding[] chosen = [.. all.Where(binding => IsChosen(binding, metric))];
        return chosen.Length > 0
            ? chosen
            : throw new PluginException(PluginError.Metric, $"there is no metric '{metric}'; there are {string.Join(", ", all.Select(static binding => binding.Description.Name))}");
    }

    private static bool IsChosen(MetricBinding binding, string? metric) =>
        metric is null || binding.Description.Name == metric || binding.Description.Name.EndsWith("_" + metric, StringComparison.Ordinal);

    private bool Show(MetricBinding binding, ReadOnlySpan<byte> key)
    {
        output.WriteLine($"{binding.Description.Name}, a key of map '{binding.Map.Name}': {Convert.ToHexStringLower(key)}");
        ShowFields(binding.Key, key);
        try
        {
            IReadOnlyList<string>? values = binding.Decoder.Decode(key);
            if (values is null) output.WriteLine("  left out: the decoder says so");
            else Table("label", binding.Decoder.LabelNames.Zip(values, static (name, value) => (name, $"\"{value}\"")));
            return true;
        }
        catch (Exception e)
        {
            // A decoder is a plugin's code: whatever it throws is what its author wants to know.
            errors.WriteLine($"  error: {e.Message.ReplaceLineEndings("\n  ")}");
            return false;
        }
    }

    private void ShowFields(KeyType key, ReadOnlySpan<byte> bytes)
    {
        if (key.TypeId > 0) Table("field", KeyDump.Read(key.Layout(), bytes));
        else output.WriteLine("  (no type says what its fields are)");
    }

    private void Table(string kind, IEnumerable<(string Name, string Value)> rows)
    {
        (string Name, string Value)[] all = [.. rows];
        int width = all.Length == 0 ? 0 : all.Max(static row => row.Name.Length);
        foreach ((string name, string value) in all) output.WriteLine($"  {kind} {name.PadRight(width)}  {value}");
    }

    /// <summary>Has the first keys be shown on their way.</summary>
    private sealed class ShownDecoder(IKeyDecoder inner, int most, Action<byte[]> show) : IKeyDecoder
    {
        private readonly HashSet<string> _shown = [];

        public IReadOnlyList<string> LabelNames => inner.LabelNames;

        public bool MayGoStale => inner.MayGoStale;

        public IReadOnlyList<string>? Decode(ReadOnlySpan<byte> key)
        {
            if (_shown.Count < most && _shown.Add(Convert.ToHexString(key))) show(key.ToArray());
            return inner.Decode(key);
        }
    }
}
