namespace EbpfAgent.Survival;

/// <summary>What a plugin can be doing when the agent dies. The numbers are those of the journal's file.</summary>
internal enum Activity
{
    /// <summary>Its files are read, its code is asked what it is, its programs go into the kernel.</summary>
    Loading = 1,

    /// <summary>Its maps are read and its decoders run.</summary>
    Polling = 2,
}
