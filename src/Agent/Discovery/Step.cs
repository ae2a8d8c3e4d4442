namespace EbpfAgent.Discovery;

/// <summary>What is to be done after a look.</summary>
internal enum Step
{
    /// <summary>Nothing: it is as it was, or still moving.</summary>
    Wait,

    /// <summary>Read it whole: its content may be another one.</summary>
    Read,

    /// <summary>Say that it is gone.</summary>
    Gone,
}
