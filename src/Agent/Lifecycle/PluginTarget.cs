using EbpfAgent.Configuration;
using EbpfAgent.Discovery;

namespace EbpfAgent.Lifecycle;

/// <summary>What is to run of a plugin: these files, with this content, under these settings. Two that are equal need no reload between them.</summary>
/// <param name="Candidate">Where it lies.</param>
/// <param name="ContentHash">Over its files when they had come to rest, in hexadecimal.</param>
/// <param name="Settings">What the configuration says of it.</param>
/// <param name="MetricPrefix">What its metrics' names begin with.</param>
internal sealed record PluginTarget(PluginCandidate Candidate, string ContentHash, PluginConfiguration Settings, string MetricPrefix)
{
    /// <summary>The bytes of <see cref="ContentHash"/>.</summary>
    public byte[] Hash => Convert.FromHexString(ContentHash);
}
