using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Native;
using EbpfAgent.Lifecycle;
using EbpfAgent.Series;

namespace EbpfAgent.Benchmarks;

/// <summary>A poll of keys that are known: it costs the same however they were decoded, as they are not decoded again.</summary>
internal static class KnownKeysBench
{
    private const int Runs = 60;

    public static void Run()
    {
        var registry = new FamilyRegistry();
        var loader = new PluginLoader(registry, KernelFacts.Read(), new MapCalls(), TimeProvider.System);
        RequestsPlugin[] plugins = [.. KeyDecoders.All.Select(static decoder => new RequestsPlugin(decoder))];
        RunningPlugin[] running = [.. plugins.Select((plugin, at) => plugin.Start(registry, loader, KeyDecoders.All[at].Name))];
        ulong round = 1;
        void Change()
        {
            round++;
            for (int i = 0; i < plugins.Length; i++) plugins[i].Change(running[i].Object, round);
        }

        foreach (RunningPlugin plugin in running) plugin.Poll();
        TimeSpan[] decoded = [.. running.Select(static plugin => plugin.Families[0].DecodingTime)];
        double[] best = Report.BestInTurn(Runs, Change, [.. running.Select(static plugin => (Action)plugin.Poll)]);
        for (int i = 0; i < best.Length; i++)
        {
            if (running[i].Families[0].DecodingTime != decoded[i]) throw new InvalidOperationException($"{KeyDecoders.All[i].Name} has decoded a known key again");
            Report.Figure($"poll_10000_{KeyDecoders.All[i].Name}", best[i], "ms");
        }

        Report.Figure("ratio_poll_slowest_to_fastest_decoder", best.Max() / best.Min(), "x");
        foreach (RunningPlugin plugin in running) plugin.Dispose();
    }
}
