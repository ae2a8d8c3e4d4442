using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace EbpfAgent.Bpf.Native;

/// <summary>
/// The list of an interface's filters, which libbpf has no call for: <c>RTM_GETTFILTER</c> over netlink.
/// </summary>
internal static unsafe partial class TrafficControlList
{
    private const int Netlink = 16, Raw = 3, CloseOnExec = 0x80000, Route = 0; // AF_NETLINK, SOCK_RAW, SOCK_CLOEXEC, NETLINK_ROUTE
    private const int HeaderSize = 16, FilterSize = 20; // struct nlmsghdr, struct tcmsg
    private const ushort NewFilter = 44, GetFilter = 46, Done = 3, Error = 2;
    private const ushort RequestDump = 0x301; // NLM_F_REQUEST | NLM_F_DUMP
    private const ushort Options = 2; // TCA_OPTIONS
    private const ushort BpfName = 7, BpfId = 11; // TCA_BPF_NAME, TCA_BPF_ID
    private const ushort TypeMask = 0x3fff;
    private const int Room = 1 << 16;
    private const int MostMessages = 1 << 12;

    /// <summary>The filters of one side; none where the interface is gone.</summary>
    /// <exception cref="BpfException">The kernel doesn't list them.</exception>
    public static IReadOnlyList<ListedFilter> Read(int index, uint parent)
    {
        int fd = Socket(Netlink, Raw | CloseOnExec, Route);
        if (fd < 0) throw BpfException.Of("can't ask for the filters of an interface", Marshal.GetLastPInvokeError());
        using var socket = new NetlinkHandle(fd);
        Span<byte> request = stackalloc byte[HeaderSize + FilterSize];
        request.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(request, request.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(request[4..], GetFilter);
        BinaryPrimitives.WriteUInt16LittleEndian(request[6..], RequestDump);
        BinaryPrimitives.WriteInt32LittleEndian(request[(HeaderSize + 4)..], index);
        BinaryPrimitives.WriteUInt32LittleEndian(request[(HeaderSize + 12)..], parent);
        fixed (byte* bytes = request)
        {
            if (Send(socket, bytes, (nuint)request.Length, 0) < 0) throw BpfException.Of("can't ask for the filters of an interface", Marshal.GetLastPInvokeError());
        }

        return Receive(socket);
    }

    private static List<ListedFilter> Receive(NetlinkHandle socket)
    {
        List<ListedFilter> found = [];
        byte[] answer = new byte[Room];
        for (int messages = 0; messages < MostMessages;)
        {
            nint length;
            fixed (byte* bytes = answer) length = Receive(socket, bytes, Room, 0);
            if (length <= 0) throw BpfException.Of("can't read the filters of an interface", Marshal.GetLastPInvokeError());
            ReadOnlySpan<byte> rest = answer.AsSpan(0, (int)length);
            for (; rest.Length >= HeaderSize; messages++)
            {
                int size = BinaryPrimitives.ReadInt32LittleEndian(rest);
                ushort type = BinaryPrimitives.ReadUInt16LittleEndian(rest[4..]);
                if (size < HeaderSize || size > rest.Length || type is Done or Error) return found;
                if (type == NewFilter && Parse(rest[HeaderSize..size]) is { } filter) found.Add(filter);
                rest = rest[Math.Min(rest.Length, Align(size))..];
            }
        }

        return found;
    }

    // The kernel also lists the chain of a priority, with handle 0, before what is in it.
    private static ListedFilter? Parse(ReadOnlySpan<byte> message)
    {
        if (message.Length < FilterSize) return null;
        uint handle = BinaryPrimitives.ReadUInt32LittleEndian(message[8..]), info = BinaryPrimitives.ReadUInt32LittleEndian(message[16..]);
        if (handle == 0) return null;
        ReadOnlySpan<byte> options = Find(message[FilterSize..], Options), id = Find(options, BpfId);
        return new ListedFilter(
            handle, info >> 16, Encoding.UTF8.GetString(Find(options, BpfName)).TrimEnd('\0'), id.Length >= sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(id) : 0);
    }

    private static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> attributes, ushort wanted)
    {
        while (attributes.Length >= 4)
        {
            int size = BinaryPrimitives.ReadUInt16LittleEndian(attributes);
            if (size < 4 || size > attributes.Length) return [];
            if ((BinaryPrimitives.ReadUInt16LittleEndian(attributes[2..]) & TypeMask) == wanted) return attributes[4..size];
            attributes = attributes[Math.Min(attributes.Length, Align(size))..];
        }

        return [];
    }

    private static int Align(int size) => (size + 3) & ~3;

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(NetlinkHandle socket, byte* bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(NetlinkHandle socket, byte* bytes, nuint length, int flags);
}

/// <summary>A filter as the kernel lists it.</summary>
/// <param name="Handle">Its number within its priority.</param>
/// <param name="Priority">Its priority.</param>
/// <param name="Name">The name that who attached it has given; empty for filters that are no BPF.</param>
/// <param name="ProgramId">The program's id; 0 for filters that are no BPF.</param>
internal readonly record struct ListedFilter(uint Handle, uint Priority, string Name, uint ProgramId);
