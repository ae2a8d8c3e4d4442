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
    private readonly ConditionalWeakTable<MetricFamily, FamilyText> _writers = [];
    private long _mostBytes = long.MaxValue;

    /// <summary>What the families may take, in bytes. Any thread may set it.</summary>
    public long MostBytes
    {
        get => Interlocked.Read(ref _mostBytes);
        set => Interlocked.Exchange(ref _mostBytes, value);
    }

    /// <summary>How many families the last document was too small for.</summary>
    public int LeftOut { get; private set; }

    /// <summary>
    /// Appends the families to the buffer. Each plugin's families are written from one poll. One that would make the document too large is left out as a whole, and
    /// counted; a smaller one after it may fit.
    /// </summary>
    public void Write(ExpositionBuffer buffer)
    {
        long most = MostBytes;
        LeftOut = 0;
        foreach ((_, MetricFamily family) in registry.Families)
        {
            ExpositionBuffer.Mark before = buffer.End;
            FamilyText writer = _writers.GetValue(family, static f => FamilyText.For(f.Description));
            lock (family.Gate) writer.Write(family.Series, buffer);
            if (buffer.Length <= most) continue;
            buffer.Rewind(before);
            LeftOut++;
        }
    }
}
