using System.Runtime.CompilerServices;
using EbpfAgent.Series;

namespace EbpfAgent.Exposition;

/// <summary>Writes every family that is exposed into one document, in the order of their names.</summary>
/// <remarks>Not for use by several threads at once.</remarks>
internal sealed class MetricsDocument(FamilyRegistry registry)
{
    /// <summary>The content type of the text format 0.0.4.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    // A family that is gone takes its writer with it.
    private readonly ConditionalWeakTable<HistogramFamily, HistogramText> _writers = [];

    /// <summary>Appends the families to the buffer. Each plugin's families are written from one poll.</summary>
    public void Write(ExpositionBuffer buffer)
    {
        foreach ((_, HistogramFamily family) in registry.Families)
        {
            HistogramText writer = _writers.GetValue(family, static f => new HistogramText(f.Description));
            lock (family.Gate) writer.Write(family.Series, buffer);
        }
    }
}
