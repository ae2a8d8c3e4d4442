namespace EbpfAgent.Folding;

/// <summary>What 64 bits are: how a number of a map's value is read, and how it is written.</summary>
internal enum NumberKind
{
    Unsigned,
    Signed,

    /// <summary>The bits of a double.</summary>
    Float,
}
