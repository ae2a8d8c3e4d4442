namespace EbpfAgent.Discovery;

/// <summary>What a look at something has shown.</summary>
internal enum Sight
{
    /// <summary>It is not there. That is certain.</summary>
    Absent,

    /// <summary>It is there, with a stamp.</summary>
    Present,

    /// <summary>Neither is certain.</summary>
    Unreadable,
}
