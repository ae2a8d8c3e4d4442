namespace EbpfAgent.Bpf.Events;

/// <summary>Takes events as they are read.</summary>
internal interface IEventSink
{
    /// <summary>Takes one event. The bytes are the kernel's own and valid during the call only; what they are is up to the program that sent them.</summary>
    void Accept(ReadOnlySpan<byte> sent);
}
