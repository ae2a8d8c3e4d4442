using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Events;
using EbpfAgent.Bpf.Loading;
using EbpfAgent.Decoding;
using EbpfAgent.Decoding.BuiltIn;
using EbpfAgent.Configuration;
using EbpfAgent.Lifecycle;

namespace EbpfAgent.Fuzz.Objects;

/// <summary>All that a load reads of an object before the kernel sees any of it.</summary>
internal static class ObjectReading
{
    private static readonly MetricKind[] Kinds = [MetricKind.Histogram, MetricKind.Counter, MetricKind.Gauge];
    private static readonly BareHost Machine = new();
    private static readonly Dictionary<string, object> SomeSettings = new() { ["target"] = 1UL };

    /// <exception cref="BpfException">It is no object.</exception>
    /// <exception cref="BtfException">Its types contradict themselves.</exception>
    /// <exception cref="PluginException">No metric can be had of it.</exception>
    public static void ReadAll(ReadOnlySpan<byte> image)
    {
        using OpenBpfObject opened = OpenBpfObject.Open("damaged.bpf.o", image);
        foreach (MapDefinition map in opened.Maps) Read(opened, map);
        EventType.FindNamed(opened.Btf, "struct event");
        Attempt(() => ConstantVariables.Patches(opened.Name, opened.Btf, new ObjectOptions(ObjectOptions.None.Programs, SomeSettings, new Dictionary<string, ulong> { ["tcp_prot"] = 1 })));
        foreach (BtfType type in opened.Btf.Types) opened.Btf.DescribeType(type.Id);
    }

    private static void Read(OpenBpfObject opened, MapDefinition map)
    {
        HistogramSections.DropCounter(opened.Btf, map.Name);
        opened.InitialValue(map.Name);
        var binder = new MetricBinder(opened, "");
        foreach (MetricKind kind in Kinds)
        {
            var metric = new MetricDefinition(map.Name, "damaged_seconds", "Damaged.", Decoder) { Kind = kind };
            Attempt(() => Use(binder.Bind(metric)));
        }
    }

    private static FieldDecoder Decoder(KeyType key) => FieldDecoder.Create(labels: null, key.Layout(), key.Size, key.Bucket, Machine);

    private static void Use(MetricBinding binding) => binding.Decoder.Decode(new byte[Math.Min(binding.KeySize, 4096)]);

    private static void Attempt(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is BpfException or BtfException or PluginException or DecodeException)
        {
            // One map less.
        }
    }
}
