using System.Net;
using System.Net.Sockets;
using EbpfAgent.Tests.Programs;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Bundled;

/// <summary>Segments that nobody acknowledges, in a network of the test's own. Over IPv6, in which nobody else on the machine waits for an answer: hence exact counts.</summary>
public sealed class TcpRetransmitsTests : KernelTest
{
    private const string Metric = "tcp_retransmits_total";
    private const int Connections = 20;
    private const int TcpLevel = 6;
    private const int DeferAccept = 9; // TCP_DEFER_ACCEPT

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public void N_connections_to_nobody_are_N_in_SYN_SENT() => Network.Run(() =>
    {
        using PolledPlugin plugin = BundledPlugin.Load("tcp-retransmits");
        AskNobody("tcpnobody");
        ulong before = Count(plugin, "SYN_SENT");
        Socket[] sockets = [.. Enumerable.Range(0, Connections).Select(static _ => Begin("fd00::2"))];
        // One more attempt after a second, and the end of it after three.
        foreach (Socket socket in sockets) Assert.True(socket.Poll(Patience, SelectMode.SelectError), "the connection waits for ever");
        Assert.Equal((ulong)Connections, SegmentsSentAgain());
        Assert.Equal(before + Connections, Count(plugin, "SYN_SENT"));
        foreach (Socket socket in sockets) socket.Dispose();
    });

    [Fact]
    public void N_handshakes_that_are_not_finished_are_N_in_SYN_RECV() => Network.Run(() =>
    {
        using PolledPlugin plugin = BundledPlugin.Load("tcp-retransmits");
        ulong before = Count(plugin, "SYN_RECV");
        using var listener = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        // A client that says nothing in a second is asked once more, and then taken as it is.
        listener.SetRawSocketOption(TcpLevel, DeferAccept, BitConverter.GetBytes(1));
        listener.Bind(new IPEndPoint(IPAddress.IPv6Loopback, Network.Port));
        listener.Listen(Connections);
        Socket[] clients = [.. Enumerable.Range(0, Connections).Select(static _ => Begin("::1"))];
        foreach (Socket _ in clients)
        {
            Assert.True(listener.Poll(Patience, SelectMode.SelectRead), "no connection comes");
            listener.Accept().Dispose();
        }

        Assert.Equal((ulong)Connections, SegmentsSentAgain());
        Assert.Equal(before + Connections, Count(plugin, "SYN_RECV"));
        foreach (Socket client in clients) client.Dispose();
    });

    [Fact]
    public void Programs_that_are_not_attached_count_nothing() => Network.Run(() =>
    {
        using PolledPlugin plugin = BundledPlugin.Load("tcp-retransmits");
        plugin.Running.Object.Detach();
        AskNobody("tcpunseen");
        ulong before = Count(plugin, "SYN_SENT");
        using Socket socket = Begin("fd00::2");
        Assert.True(socket.Poll(Patience, SelectMode.SelectError), "the connection waits for ever");
        Assert.Equal(1UL, SegmentsSentAgain());
        Assert.Equal(before, Count(plugin, "SYN_SENT"));
    });

    private static ulong Count(PolledPlugin plugin, string state)
    {
        string? value = plugin.Poll().Find(Metric, ("state", state), ("address_family", "AF_INET6"));
        return value is null ? 0 : ulong.Parse(value, System.Globalization.CultureInfo.InvariantCulture);
    }

    // What is sent to fd00::2 arrives at an interface that it isn't meant for.
    private static void AskNobody(string name)
    {
        Network.MakePair(name);
        Network.Ip("addr", "add", "fd00::1/64", "dev", name, "nodad");
        Network.Ip("-6", "neigh", "add", "fd00::2", "lladdr", "02:00:00:00:00:02", "dev", name);
        Set("tcp_syn_retries", "1");
        Set("tcp_syn_linear_timeouts", "0");
    }

    // Files of the thread's own network. The second one is there since kernel 6.5.
    private static void Set(string setting, string value)
    {
        string file = $"/proc/sys/net/ipv4/{setting}";
        if (File.Exists(file)) File.WriteAllText(file, value);
    }

    private static Socket Begin(string address)
    {
        var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        Assert.Equal(SocketError.WouldBlock, Assert.Throws<SocketException>(() => socket.Connect(IPAddress.Parse(address), Network.Port)).SocketErrorCode);
        return socket;
    }

    // RetransSegs of the thread's own network.
    private static ulong SegmentsSentAgain()
    {
        string[][] lines = [.. File.ReadLines("/proc/thread-self/net/snmp").Where(static line => line.StartsWith("Tcp:", StringComparison.Ordinal)).Select(static line => line.Split(' '))];
        return ulong.Parse(lines[1][Array.IndexOf(lines[0], "RetransSegs")], System.Globalization.CultureInfo.InvariantCulture);
    }
}
