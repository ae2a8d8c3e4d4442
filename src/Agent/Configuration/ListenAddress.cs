using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace EbpfAgent.Configuration;

/// <summary>
/// Where the endpoint is served: an IP address, <c>localhost</c> (both loopback addresses) or <c>*</c> (all addresses), and a port.
/// Immutable. Other host names are refused: what they resolve to may change between two starts.
/// </summary>
internal sealed record ListenAddress
{
    /// <summary>What <see cref="TryParse"/> accepts, in words.</summary>
    public const string Expected = "IPV4:PORT, [IPV6]:PORT, localhost:PORT or *:PORT, such as \"127.0.0.1:8435\"";

    /// <summary>Loopback only: who wants the network to read metrics says so.</summary>
    public static readonly ListenAddress Default = new("127.0.0.1", 8435);

    private ListenAddress(string host, int port)
    {
        Host = host;
        Port = port;
        Address = IPAddress.TryParse(host, out var address) ? address : null;
    }

    /// <summary>The host as written, without brackets.</summary>
    public string Host { get; }

    /// <summary>The address to bind, or null for <c>localhost</c> and <c>*</c>.</summary>
    public IPAddress? Address { get; }

    /// <summary>True for <c>*</c>: every address of IPv6 and IPv4, or of IPv4 alone where the host has no IPv6.</summary>
    public bool IsAny => Host == "*";

    /// <summary>True where only this host can reach it.</summary>
    public bool IsLoopback => IsLocalhost || (Address is { } address && IPAddress.IsLoopback(address));

    /// <summary>True for <c>localhost</c>: 127.0.0.1 and [::1].</summary>
    public bool IsLocalhost => Host == "localhost";

    /// <summary>The port; 0 lets the kernel choose one, with an IP address or <c>*</c> only.</summary>
    public int Port { get; }

    /// <summary>Reads <c>HOST:PORT</c>; see <see cref="Expected"/>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ListenAddress? value)
    {
        value = null;
        int colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
            return false;
        if (Unbracketed(text[..colon]) is not { } host)
            return false;
        // Two sockets can't be given the same port by chance.
        if (host == "localhost" && port == 0)
            return false;
        value = new ListenAddress(host, port);
        return true;
    }

    /// <summary><c>HOST:PORT</c>, with brackets around an IPv6 address.</summary>
    public override string ToString() =>
        Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    private static string? Unbracketed(string host)
    {
        if (host is "*" or "localhost")
            return host;
        if (host.Length > 2 && host[0] == '[' && host[^1] == ']')
            return IsIPv6(host[1..^1]) ? host[1..^1] : null;
        return IsDottedQuad(host) ? host : null;
    }

    // The parser also takes "[::1]" and "[::1]:80", which here would be brackets within brackets.
    private static bool IsIPv6(string text) =>
        !text.Contains('[', StringComparison.Ordinal) && text.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(text, out _);

    // The parser also takes "1", "127.1", "0x7f.1" and octal digits; nobody who writes them here means them.
    private static bool IsDottedQuad(string text) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetwork && address.ToString() == text;
}
