namespace EbpfAgent.Decoding.BuiltIn.Tables;

/// <summary>What is carried in IP, the kernel's <c>IPPROTO_</c> constants and the next headers of IPv6 in lower case. Source: <c>include/uapi/linux/in.h</c>, <c>in6.h</c>.</summary>
internal static class Protocols
{
    public static NumberNames Names { get; } = new(new()
    {
        [0] = "ip icmp igmp",
        [4] = "ipip",
        [6] = "tcp",
        [8] = "egp",
        [12] = "pup",
        [17] = "udp",
        [22] = "idp",
        [29] = "tp",
        [33] = "dccp",
        [41] = "ipv6",
        [43] = "routing fragment",
        [46] = "rsvp gre",
        [50] = "esp ah",
        [58] = "icmpv6 none dstopts",
        [92] = "mtp",
        [94] = "beetph",
        [98] = "encap",
        [103] = "pim",
        [108] = "comp",
        [115] = "l2tp",
        [132] = "sctp",
        [135] = "mh udplite mpls",
        [143] = "ethernet",
        [255] = "raw",
        [262] = "mptcp",
    });
}
