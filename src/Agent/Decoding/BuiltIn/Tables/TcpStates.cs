namespace EbpfAgent.Decoding.BuiltIn.Tables;

/// <summary>States of a TCP socket, the kernel's constants without <c>TCP_</c>. Source: <c>include/net/tcp_states.h</c>.</summary>
internal static class TcpStates
{
    public static NumberNames Names { get; } = new(new()
    {
        [1] = "ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE CLOSE_WAIT LAST_ACK LISTEN CLOSING NEW_SYN_RECV BOUND_INACTIVE",
    });
}
