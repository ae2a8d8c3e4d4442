using EbpfAgent.Bpf;
using EbpfAgent.Decoding;

namespace EbpfAgent.Lifecycle;

/// <summary>
/// What a plugin says of itself, whatever it is made of. Owns what was loaded to learn it (an assembly's context, a script engine); disposing it lets go of that.
/// </summary>
/// <remarks>The decoders that it makes are used until it is disposed, and not after.</remarks>
internal abstract class PluginDefinition : IDisposable
{
    /// <summary>The file or resource that the object is in, for messages.</summary>
    public abstract string ObjectName { get; }

    /// <summary>At least one.</summary>
    public abstract IReadOnlyList<MetricDefinition> Metrics { get; }

    /// <summary>Files that it is made of and that need not lie with it: absolute paths.</summary>
    public virtual IReadOnlyList<string> Files => [];

    /// <summary>The bytes of the BPF object.</summary>
    /// <exception cref="PluginException">It can't be read.</exception>
    public abstract ReadOnlyMemory<byte> ReadObject();

    public abstract void Dispose();
}

/// <summary>One metric of a plugin.</summary>
/// <param name="Map">The map that feeds it.</param>
/// <param name="Name">Its name without the agent's prefix.</param>
/// <param name="Help">One sentence.</param>
/// <param name="Scale">The factor to the exposed unit, or null for the object's own.</param>
/// <param name="MaxSeries">The plugin's own limit, or null.</param>
/// <param name="CreateDecoder">Makes the decoder for a map whose key is <see cref="KeyType"/>, or says in a <see cref="PluginException"/> why not.</param>
internal sealed record MetricDefinition(
    string Map, string Name, string Help, double? Scale, int? MaxSeries, Func<KeyType, IKeyDecoder> CreateDecoder);

/// <summary>The key of a map as the object's BTF describes it.</summary>
/// <param name="Object">The object, for messages.</param>
/// <param name="Map">The map, for messages.</param>
/// <param name="Btf">The object's types.</param>
/// <param name="TypeId">The type of the key that the author sees: without the bucket that the older layout puts in front.</param>
internal sealed record KeyType(string Object, string Map, Btf Btf, int TypeId);
