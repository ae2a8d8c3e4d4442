using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using EbpfAgent.Decoding.BuiltIn;

namespace EbpfAgent.Decoding.JavaScript;

/// <summary>
/// The built-in decoders as functions of <c>host</c>: the arguments become what a label's decoder gets, and that one makes the text of them. So a script and a
/// manifest agree on every name, and on how the unknown is written.
/// </summary>
internal sealed class ScriptDecoders
{
    private const string Integer = "a BigInt or whole number of 64 bits";
    private const string Cgroup = "the id of a control group, a BigInt or whole number, or its path";
    private const int LongestBytes = 512;

    private readonly IHost _host;
    private readonly Dictionary<string, ILabelStep> _steps = new(StringComparer.Ordinal);

    private ScriptDecoders(IHost host) => _host = host;

    public static IEnumerable<HostFunction> Create(IHost host) => new ScriptDecoders(host).Functions();

    private IEnumerable<HostFunction> Functions() =>
    [
        OfKey("errno(number)", Integer, given => OfNumber("errno", Signed(given.Integer(0)))),
        OfKey("signal(number)", Integer, given => OfNumber("signal", given.Integer(0))),
        OfKey("syscall(number)", Integer, given => OfNumber("syscall", given.Integer(0))),
        OfKey("tcpState(number)", Integer, given => OfNumber("tcp_state", given.Integer(0))),
        OfKey("addressFamily(number)", Integer, given => OfNumber("address_family", given.Integer(0))),
        OfKey("protocol(number)", Integer, given => OfNumber("protocol", given.Integer(0))),
        OfKey("softirq(number)", Integer, given => OfNumber("softirq", given.Integer(0))),
        OfKey("hex(value)", $"{Integer}, or a list of up to {LongestBytes} bytes", Hex),
        OfKey("port(number)", "a whole number from 0 to 65535, in network order as the kernel has it", Port),
        OfKey("ip(address[, order])", "a whole number from 0 to 4294967295, which \"host\" says is not in network order, or a list of 4 or 16 bytes", Ip),
        OfKey("mac(bytes)", "a list of 6 bytes", given => OfBytes("mac", given.Bytes(0, 6, 6) ?? throw given.Misused())),
        OfKey("dname(bytes)", $"a list of up to {LongestBytes} bytes, or the string that a char array is", Dname),
        new("container(cgroup)", Cgroup, given => OfCgroup("container", given)),
        new("pod(cgroup)", Cgroup, given => OfCgroup("pod", given)),
    ];

    private static HostFunction OfKey(string signature, string takes, Func<ScriptArguments, string?> decode) =>
        new(signature, takes, given => new HostAnswer(decode(given), MayChange: false));

    private string? Hex(ScriptArguments given) => given.Bytes(0, 0, LongestBytes) is { } bytes ? OfBytes("hex", bytes) : OfNumber("hex", given.Integer(0));

    private string? Port(ScriptArguments given)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)given.Number(0, ushort.MaxValue));
        return OfBytes("port", bytes);
    }

    private string? Ip(ScriptArguments given)
    {
        var isInHostOrder = given.Text(1) == "host";
        if (given.Has(1) && !isInHostOrder)
            throw given.Misused();
        if (given.Bytes(0, 4, 16) is { } list)
            return list.Length is 4 or 16 && !isInHostOrder ? OfBytes("ip", list) : throw given.Misused();
        var number = given.UInt32(0);
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, isInHostOrder ? BinaryPrimitives.ReverseEndianness(number) : number);
        return OfBytes("ip", bytes);
    }

    // What ends a name in the wire's form is a NUL, as it ends the text of a char array.
    private string? Dname(ScriptArguments given) => given.Text(0) is { } text
        ? OfBytes("dname", text.Length < LongestBytes ? [.. Encoding.UTF8.GetBytes(text), 0] : throw given.Misused())
        : OfBytes("dname", given.Bytes(0, 0, LongestBytes) ?? throw given.Misused());

    private HostAnswer OfCgroup(string decoder, ScriptArguments given) => given.Text(0) is { } path
        ? new(OfText(decoder, path.StartsWith('/') ? path : throw given.Misused()), MayChange: false)
        : new(OfNumber(decoder, given.Number(0, ulong.MaxValue)), MayChange: true);

    // A return code is signed, whatever the field is declared as: its 32 or 64 bits may come as a number near the top.
    private static Int128 Signed(Int128 number) =>
        number > long.MaxValue ? (long)(ulong)number : number > int.MaxValue && number <= uint.MaxValue ? (int)(uint)number : number;

    private string? OfNumber(string decoder, Int128 number) => OfText(decoder, number.ToString(CultureInfo.InvariantCulture));

    private string? OfText(string decoder, string text) => Step(decoder).Decode(new LabelInput(text, default));

    private string? OfBytes(string decoder, ReadOnlySpan<byte> bytes) => Step(decoder).Decode(new LabelInput(bytes));

    private ILabelStep Step(string decoder)
    {
        if (!_steps.TryGetValue(decoder, out var step))
            _steps.Add(decoder, step = LabelDecoders.Create(new DecoderSpec(decoder), _host, null));
        return step;
    }
}
