using System.Reflection;
using System.Runtime.Loader;
using EbpfAgent.Abstractions;
using EbpfAgent.Bpf;
using EbpfAgent.Configuration;
using McMaster.NETCore.Plugins.Loader;

namespace EbpfAgent.Lifecycle;

/// <summary>
/// A plugin that is a DLL, in a load context of its own that can be unloaded. Abstractions is the only assembly that it shares with the agent.
/// </summary>
internal sealed class ManagedPlugin : PluginDefinition
{
    private readonly string _path;
    private readonly AssemblyLoadContext _context;
    private readonly ContextCensus _census;
    private readonly BpfObjectSource _source;
    private readonly Assembly _assembly;
    private readonly MetricDefinition[] _metrics;

    private ManagedPlugin(string path, AssemblyLoadContext context, Assembly assembly, DecoderFactory decoders, ContextCensus census)
    {
        _census = census;
        _path = path;
        _context = context;
        _assembly = assembly;
        IPlugin plugin = Create(FindType(path, _assembly));
        string type = $"{path}: {plugin.GetType().Name}";
        _source = Ask($"{type}.BpfObject", () => plugin.BpfObject) ?? throw Wrong($"{type}.BpfObject is null; say where the object is, with BpfObjectSource.FromResource or FromFile");
        Metric[]? metrics = Ask<Metric[]?>($"{type}.Metrics", () => plugin.Metrics is { } all ? [.. all] : null);
        if (metrics is null or []) throw Wrong($"{type}.Metrics is empty; name at least one metric");
        _metrics = [.. metrics.Select((metric, at) => Describe($"{type}.Metrics[{at}]", metric, decoders))];
        // Copied: a collection of the plugin's own types would outlive its context.
        Programs = Ask($"{type}.Programs", () => plugin.Programs is { } all ? new Dictionary<string, ProgramOptions>(all) : null) ?? [];
        Variables = Ask($"{type}.Settings", () => plugin.Settings is { } all ? new Dictionary<string, object>(all) : null) ?? [];
        KernelAddresses = Ask<string[]?>($"{type}.KernelAddresses", () => plugin.KernelAddresses is { } all ? [.. all] : null) ?? [];
    }

    public override string ObjectName => _source.IsResource ? $"{_path}!{_source.Name}" : _source.Name;

    public override IReadOnlyDictionary<string, ProgramOptions> Programs { get; }

    public override IReadOnlyDictionary<string, object> Variables { get; }

    public override IReadOnlyList<string> KernelAddresses { get; }

    public override IReadOnlyList<MetricDefinition> MetricsOf(OpenBpfObject opened) => _metrics;

    /// <summary>Loads the DLL and asks its plugin what it is.</summary>
    /// <exception cref="PluginException">The DLL is not a plugin, or its plugin threw.</exception>
    public static ManagedPlugin Load(string path, DecoderFactory decoders, ContextCensus census)
    {
        if (new FileInfo(path) is { Exists: true, Length: 0 }) throw Wrong($"{path} is empty; copy it again");
        AssemblyLoadContext context = CreateContext(path);
        try
        {
            return new ManagedPlugin(path, context, LoadAssembly(path, context), decoders, census);
        }
        catch
        {
            Unload(context, census);
            throw;
        }
    }

    public override ReadOnlyMemory<byte> ReadObject() => _source.IsResource ? ReadResource() : PluginFile.Read(Path.GetDirectoryName(_path)!, _source.Name, "BPF object");

    public override IReadOnlyList<string> Files => _source.IsResource ? [] : [Path.GetFullPath(_source.Name, Path.GetDirectoryName(_path)!)];

    public override void Dispose() => Unload(_context, _census);

    // Not by McMaster's PluginLoader, which first has runtimeconfig.json files deserialised and all modules of the process listed, to find package folders of the machine that
    // builds: 2.7 MB for nothing, as what a plugin references lies beside it.
    private static AssemblyLoadContext CreateContext(string path) => new AssemblyLoadContextBuilder()
        .SetMainAssemblyPath(path)
        .EnableUnloading()
        // A mapped DLL that is overwritten in place would take the agent with it.
        .PreloadAssembliesIntoMemory()
        .PreferDefaultLoadContextAssembly(typeof(IPlugin).Assembly.GetName())
        .Build();

    private static void Unload(AssemblyLoadContext context, ContextCensus census)
    {
        census.Add(context);
        context.Unload();
    }

    private static Assembly LoadAssembly(string path, AssemblyLoadContext context)
    {
        try
        {
            string symbols = Path.ChangeExtension(path, ".pdb");
            using FileStream file = File.OpenRead(path);
            using FileStream? lines = File.Exists(symbols) ? File.OpenRead(symbols) : null;
            return context.LoadFromStream(file, lines);
        }
        catch (BadImageFormatException e)
        {
            throw new PluginException(PluginError.Plugin, $"{path} is not a .NET assembly, or only part of one; build it again and copy it whole", e);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or UnauthorizedAccessException)
        {
            throw new PluginException(PluginError.Plugin, $"{path} can't be loaded: {e.Message}", e);
        }
    }

    private static Type FindType(string path, Assembly assembly)
    {
        Type[] types = [.. ExportedTypes(path, assembly).Where(static type => type is { IsAbstract: false, IsClass: true } && typeof(IPlugin).IsAssignableFrom(type))];
        return types.Length switch
        {
            1 => types[0],
            0 => throw Wrong($"{path} has no plugin in it: it needs a public class that implements {typeof(IPlugin).FullName}{WhyNot(assembly)}"),
            _ => throw Wrong($"{path} has {types.Length} plugins in it ({string.Join(", ", types.Select(static type => type.FullName))}); a DLL has one"),
        };
    }

    private static Type[] ExportedTypes(string path, Assembly assembly)
    {
        try
        {
            return assembly.GetExportedTypes();
        }
        catch (Exception e) when (e is FileNotFoundException or FileLoadException or TypeLoadException)
        {
            throw new PluginException(PluginError.Plugin, $"{path}: {e.Message.TrimEnd('.')}; put what it references beside it, and build it against this agent's EbpfAgent.Abstractions", e);
        }
    }

    // The commonest mistake: a second copy of the contract, whose IPlugin is another type.
    private static string WhyNot(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Any(static reference => reference.Name == typeof(IPlugin).Assembly.GetName().Name)
            ? ""
            : ", and it doesn't reference EbpfAgent.Abstractions at all";

    private static IPlugin Create(Type type)
    {
        try
        {
            return (IPlugin)Activator.CreateInstance(type)!;
        }
        catch (TargetInvocationException e)
        {
            // Without the exception itself: its type may be the plugin's, and would keep the plugin in memory. It may have asked for something that is not there yet.
            throw new PluginException(PluginError.Plugin, $"{type.FullName}'s constructor threw {e.InnerException!.GetType().Name}: {e.InnerException.Message}") { IsTransient = true };
        }
        catch (MissingMethodException)
        {
            throw Wrong($"{type.FullName} has no public constructor without parameters");
        }
    }

    private static T Ask<T>(string property, Func<T> get)
    {
        try
        {
            return get();
        }
        catch (Exception e)
        {
            throw new PluginException(PluginError.Plugin, $"{property} threw {e.GetType().Name}: {e.Message}") { IsTransient = true };
        }
    }

    // `required` and non-null are the compiler's rules, and a plugin may be built without either.
    private static MetricDefinition Describe(string subject, Metric? metric, DecoderFactory decoders)
    {
        if (metric is null) throw Wrong($"{subject} is null; leave it out");
        foreach ((string property, string? text) in new[] { ("Map", metric.Map), ("Name", metric.Name), ("Help", metric.Help) })
        {
            if (string.IsNullOrWhiteSpace(text)) throw Wrong($"{subject}: {property} is empty; give it a text");
        }

        return Define(metric, decoders);
    }

    /// <summary>A metric whose key is a C# struct.</summary>
    internal static MetricDefinition Define(Metric metric, DecoderFactory decoders) =>
        new(metric.Map, metric.Name, metric.Help, key => decoders.ForMetric(metric, key))
        {
            Kind = KindOf(metric),
            Scale = metric.Scale,
            MaxSeries = metric.MaxSeries,
            ValueField = metric.ValueField,
            Cpus = metric.Cpus,
        };

    private static MetricKind KindOf(Metric metric)
    {
        Type type = metric.GetType().GetGenericTypeDefinition();
        return type == typeof(CounterMetric<>) ? MetricKind.Counter : type == typeof(GaugeMetric<>) ? MetricKind.Gauge : MetricKind.Histogram;
    }

    private byte[] ReadResource()
    {
        using Stream? stream = _assembly.GetManifestResourceStream(_source.Name);
        if (stream is null)
        {
            string[] names = _assembly.GetManifestResourceNames();
            throw new PluginException(PluginError.Object, $"{_path} has no embedded resource '{_source.Name}'; it has {(names.Length == 0 ? "none" : string.Join(", ", names))}");
        }

        byte[] image = new byte[stream.Length];
        stream.ReadExactly(image);
        return image;
    }

    private static PluginException Wrong(string message) => new(PluginError.Plugin, message);
}
