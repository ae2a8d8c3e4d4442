using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Programs;

/// <summary>A network of a test's own, in which nobody else sends: a thread with its own network namespace. Tools that it starts are in it as well.</summary>
internal static partial class Network
{
    public const int Port = 4242;

    private const int NewNetwork = 0x40000000; // CLONE_NEWNET

    /// <summary>Runs a test in a new one, with <c>lo</c> up.</summary>
    public static void Run(Action test)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Assert.Equal(0, Unshare(NewNetwork));
                Ip("link", "set", "lo", "up");
                test();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    public static string Ip(params string[] arguments) => Shell.Run("ip", arguments);

    public static string Tc(params string[] arguments) => Shell.Run("tc", arguments);

    /// <summary>Sends so many UDP packets to an address, by default over <c>lo</c>. When it returns, they have been received, by <c>lo</c>'s way of delivering.</summary>
    public static void Send(int packets, string to = "127.0.0.1")
    {
        using var receiver = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        receiver.Bind(new IPEndPoint(IPAddress.Loopback, Port));
        receiver.ReceiveTimeout = 5000;
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        var target = new IPEndPoint(IPAddress.Parse(to), Port);
        byte[] packet = new byte[32];
        for (int i = 0; i < packets; i++)
        {
            sender.SendTo(packet, target);
            if (to == "127.0.0.1") receiver.Receive(packet);
        }
    }

    /// <summary>A pair of interfaces, the one's packets arriving at the other; addresses are set so that what is sent to 10.9.8.2 leaves by the first.</summary>
    public static void MakePair(string name)
    {
        Ip("link", "add", name, "type", "veth", "peer", "name", name + "p");
        Ip("addr", "add", "10.9.8.1/24", "dev", name);
        Ip("link", "set", name, "up");
        Ip("link", "set", name + "p", "up");
        // No question goes out who has the address.
        Ip("neigh", "add", "10.9.8.2", "lladdr", "02:00:00:00:00:02", "dev", name);
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);
}
