namespace EbpfAgent.Bpf;

/// <summary>BTF that can't be read: truncated, of another byte order, or contradicting itself. The message says what and where.</summary>
internal sealed class BtfException(string message) : Exception(message);
