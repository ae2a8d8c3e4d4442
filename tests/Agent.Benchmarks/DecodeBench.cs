using EbpfAgent.Bpf;
using EbpfAgent.Decoding;
using EbpfAgent.Lifecycle;
using EbpfAgent.Series;

namespace EbpfAgent.Benchmarks;

/// <summary>What the first sight of a key costs, from its bytes to the text of its labels, by each way of decoding.</summary>
internal static class DecodeBench
{
    private const int Keys = 10_000;
    private const int Runs = 40;
    private const int MaxLabelLength = 256;

    public static void Run()
    {
        byte[] keys = new byte[Keys * RequestKey.Size];
        for (int i = 0; i < Keys; i++) RequestKey.Write(keys.AsSpan(i * RequestKey.Size, RequestKey.Size), i);
        KeyNaming[] namings = [.. Decoders().Select(static decoder => new KeyNaming(decoder, MaxLabelLength, TimeProvider.System))];
        DemandSame(namings, keys);
        Action[] works = [.. namings.Select(naming => (Action)(() => NameAll(naming, keys)))];
        double[] best = Report.BestInTurn(Runs, static () => { }, works);
        double floor = Floor.Measure("decode", $"{Keys}");
        Report.Figure("floor_decode", floor, "ns");
        for (int i = 0; i < works.Length; i++)
        {
            string name = KeyDecoders.All[i].Name;
            double nanoseconds = best[i] * 1e6 / Keys;
            Report.Figure($"decode_{name}", nanoseconds, "ns");
            Report.Figure($"ratio_decode_{name}", nanoseconds / floor, "x");
            long before = GC.GetAllocatedBytesForCurrentThread();
            works[i]();
            Report.Figure($"allocated_decode_{name}", (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Keys, "bytes");
        }
    }

    private static IKeyDecoder[] Decoders()
    {
        using OpenBpfObject opened = OpenBpfObject.Open(RequestsPlugin.Object, Resource.Read(RequestsPlugin.Object));
        MapDefinition map = opened.FindMap(RequestsPlugin.Requests)!;
        var key = new KeyType(opened.Name, map.Name, opened.Btf, map.KeyTypeId, map.KeySize);
        return [.. KeyDecoders.All.Select(decoder => decoder.Create(key))];
    }

    // Figures of different work would compare nothing.
    private static void DemandSame(KeyNaming[] namings, byte[] keys)
    {
        const int Number = 4711;
        const string Expected = "operation=\"flush\",address=\"10.0.18.103\",worker=\"39\",comm=\"worker-11\"";
        foreach (KeyNaming naming in namings)
        {
            string? labels = naming.Name(keys.AsSpan(Number * RequestKey.Size, RequestKey.Size), out string? failure);
            if (labels != Expected) throw new InvalidOperationException($"a decoder gives {labels ?? failure}, and not {Expected}");
        }
    }

    private static void NameAll(KeyNaming naming, byte[] keys)
    {
        for (int i = 0; i < Keys; i++)
        {
            if (naming.Name(keys.AsSpan(i * RequestKey.Size, RequestKey.Size), out string? failure) is null) throw new InvalidOperationException(failure);
        }
    }
}
