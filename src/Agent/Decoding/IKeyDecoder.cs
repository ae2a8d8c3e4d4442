namespace EbpfAgent.Decoding;

/// <summary>
/// Turns a map key's bytes into label values. One decoder belongs to one metric of one plugin; calls never overlap.
/// </summary>
internal interface IKeyDecoder
{
    /// <summary>The label names, checked and final.</summary>
    IReadOnlyList<string> LabelNames { get; }

    /// <summary>
    /// Whether the labels of a key may change though the key doesn't, because they come from the host (an interface's name, a user's). Such keys are decoded again now and then. May become
    /// true with a call of <see cref="Decode"/>.
    /// </summary>
    bool MayGoStale => false;

    /// <summary>
    /// The label values, as many as there are names, or null to leave the key out. Throws <see cref="DecodeException"/>, or
    /// whatever a plugin's own code throws; the caller counts it and leaves the key out.
    /// </summary>
    IReadOnlyList<string>? Decode(ReadOnlySpan<byte> key);
}
