using EbpfAgent.Benchmarks;

if (Environment.UserName != "root")
{
    Console.Error.WriteLine("bench: measures real maps and programs, and needs root: sudo make bench");
    return 1;
}

int[] sizes = [1000, 10_000];
foreach (int series in sizes) PipelineBench.Run(series);
DecodeBench.Run();
KnownKeysBench.Run();
NumbersBench.Run();
EventsBench.Run();
ObserveBench.Run();
var allocated = new List<double>();
foreach (int series in sizes) allocated.Add(await ScrapeBench.RunAsync($"{series}", new HistogramPlugin(series)));
Report.Figure("allocated_per_scrape_and_series", (allocated[1] - allocated[0]) / (sizes[1] - sizes[0]), "bytes");
allocated.Clear();
foreach (int series in sizes) allocated.Add(await ScrapeBench.RunAsync($"numbers_{series}", new NumbersPlugin(NumbersPlugin.Maps, series)));
Report.Figure("allocated_per_scrape_and_series_numbers", (allocated[1] - allocated[0]) / (NumbersPlugin.Maps.Count * (sizes[1] - sizes[0])), "bytes");
if (args is [var agentFolder]) await IdleBench.RunAsync(agentFolder);
return 0;
