namespace EbpfAgent.Discovery;

/// <summary>What lies in the plugin folders at one moment.</summary>
/// <param name="Candidates">In the order of their names, which is the order of loading.</param>
/// <param name="Problems">What is wrong with the folders themselves, a sentence each.</param>
/// <param name="Unreadable">The folders, as they were named, of which nothing can be said: what was in them may still be there.</param>
internal sealed record PluginListing(IReadOnlyList<PluginCandidate> Candidates, IReadOnlyList<string> Problems, IReadOnlyList<string> Unreadable)
{
    public void Deconstruct(out IReadOnlyList<PluginCandidate> candidates, out IReadOnlyList<string> problems) =>
        (candidates, problems) = (Candidates, Problems);
}
