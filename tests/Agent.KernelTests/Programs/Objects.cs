using EbpfAgent.Abstractions;
using EbpfAgent.Bpf;
using EbpfAgent.Tests.HandOver;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Programs;

/// <summary>Objects with options, as a test loads, attaches and reads them.</summary>
internal static class Objects
{
    public static ObjectOptions Options(params (string Program, ProgramOptions Options)[] programs) =>
        ObjectOptions.None with { Programs = programs.ToDictionary(static one => one.Program, static one => one.Options) };

    public static ObjectOptions At(params (string Program, ProgramAttachment Attachment)[] programs) =>
        Options([.. programs.Select(static one => (one.Program, new ProgramOptions { Attachment = one.Attachment }))]);

    public static ObjectOptions With(this ObjectOptions options, params (string Name, object Value)[] settings) =>
        options with { Settings = settings.ToDictionary(static one => one.Name, static one => one.Value) };

    public static LoadedBpfObject Load(string fixture, ObjectOptions options, IPredecessor? predecessor = null)
    {
        OpenBpfObject opened = OpenBpfObject.Open(fixture, Fixture.Read(fixture), options);
        try
        {
            return opened.Load(Versions.Kernel, predecessor);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public static LoadedBpfObject Run(string fixture, ObjectOptions options)
    {
        LoadedBpfObject loaded = Load(fixture, options);
        try
        {
            loaded.Attach(Versions.Kernel);
            return loaded;
        }
        catch
        {
            loaded.Dispose();
            throw;
        }
    }

    /// <summary>Loads a version, lets it take over, and disposes the one before.</summary>
    public static LoadedBpfObject Succeed(LoadedBpfObject predecessor, string fixture, ObjectOptions options)
    {
        LoadedBpfObject next = Load(fixture, options, predecessor);
        try
        {
            next.PrepareTakeOver(predecessor, Versions.Kernel);
            next.TakeOver(predecessor);
        }
        catch
        {
            next.Dispose();
            throw;
        }

        predecessor.Dispose();
        return next;
    }

    /// <summary>A number of the map of counts, over all CPUs.</summary>
    public static long Count(this LoadedBpfObject loaded, uint index) => Versions.Read(loaded.Map("counts"), index)!.Aggregate(0L, static (sum, cpu) => sum + (long)cpu);

    /// <summary>The words of a data section.</summary>
    public static ulong[] Section(this LoadedBpfObject loaded, string section) => Versions.Read(loaded.Maps.Single(map => map.Definition.Section == section), 0)!;

    public static BpfException Refused(string fixture, ObjectOptions options) => Assert.Throws<BpfException>(() => Run(fixture, options).Dispose());
}
