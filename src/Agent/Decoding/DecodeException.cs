namespace EbpfAgent.Decoding;

/// <summary>A key could not be decoded. The message names the script or type, the place, and the cause.</summary>
internal sealed class DecodeException(string message, Exception? inner = null) : Exception(message, inner);
