using System.Buffers.Binary;
using System.Text;
using EbpfAgent.Decoding.BuiltIn;

namespace EbpfAgent.Decoding.JavaScript;

/// <summary>
/// The built-in decoders as functions of <c>host</c>: the arguments become the bytes that the kernel would have in a key, and a label's decoder makes the text of them. So
/// a script and a manifest agree on every name, and on how the unknown is written.
/// </summary>
internal sealed class ScriptDecoders
{
    private const string Int32 = "a whole number of 32 bits";
    private const string Order = "optionally followed by \"host\" for a number in the machine's byte order";
    private const int LongestName = 256;

    private readonly IHost _host;
    private readonly Dictionary<string, ILabelStep> _steps = new(StringComparer.Ordinal);

    private ScriptDecoders(IHost host) => _host = host;

    public static IEnumerable<ScriptFunction> Create(IHost host) => new ScriptDecoders(host).Functions();

    private IEnumerable<ScriptFunction> Functions() =>
    [
        OfInt32("errno(number)", "errno"),
        OfInt32("signal(number)", "signal"),
        OfInt32("syscall(number)", "syscall"),
        OfInt32("tcpState(number)", "tcp_state"),
        OfInt32("addressFamily(number)", "address_family"),
        OfInt32("protocol(number)", "protocol"),
        OfInt32("softirq(number)", "softirq"),
        Of("port(number)", "a whole number from 0 to 65535, in network byte order as the kernel has it", "port", given => LittleEndian((ushort)given.Number(0, ushort.MaxValue))),
        Of("mac(bytes)", "a list of 6 bytes", "mac", given => given.Bytes(0, 6, 6)),
        Of("dname(bytes)", $"a list of 1 to {LongestName} bytes, or the string that a char array is", "dname", given => Text(given) ?? given.Bytes(0, 1, LongestName)),
        new("ip(address[, order])", $"a whole number from 0 to 4294967295, or a list of 4 or 16 bytes, {Order}", Ip),
        new("container(cgroup)", "the id of a control group, a BigInt or whole number, or its path", given => OfCgroup("container", given)),
        new("pod(cgroup)", "the id of a control group, a BigInt or whole number, or its path", given => OfCgroup("pod", given)),
    ];

    private ScriptFunction OfInt32(string signature, string decoder) => Of(signature, Int32, decoder, given => LittleEndian((uint)given.Int32(0)));

    private ScriptFunction Of(string signature, string takes, string decoder, Func<ScriptArguments, byte[]?> bytes) =>
        new(signature, takes, given => new ScriptAnswer(Decode(decoder, bytes(given) ?? throw given.Misused()), MayChange: false));

    private ScriptAnswer Ip(ScriptArguments given)
    {
        var isInHostOrder = given.Text(1) == "host";
        if (given.Has(1) && !isInHostOrder)
            throw given.Misused();
        if (given.Bytes(0, 4, 16) is { } bytes)
            return new ScriptAnswer(bytes.Length is 4 or 16 && !isInHostOrder ? Decode("ip", bytes) : throw given.Misused(), MayChange: false);
        var number = given.UInt32(0);
        return new ScriptAnswer(Decode("ip", LittleEndian(isInHostOrder ? BinaryPrimitives.ReverseEndianness(number) : number)), MayChange: false);
    }

    private ScriptAnswer OfCgroup(string decoder, ScriptArguments given)
    {
        var step = Step(decoder);
        return given.Text(0) is { } path
            ? new ScriptAnswer(step.Decode(new LabelInput(path, default)), MayChange: false)
            : new ScriptAnswer(step.Decode(new LabelInput(LittleEndian(given.Number(0, ulong.MaxValue)))), MayChange: true);
    }

    private string? Decode(string decoder, byte[] bytes) => Step(decoder).Decode(new LabelInput(bytes));

    private ILabelStep Step(string decoder)
    {
        if (!_steps.TryGetValue(decoder, out var step))
            _steps.Add(decoder, step = LabelDecoders.Create(new DecoderSpec(decoder), _host, null));
        return step;
    }

    // A name in the DNS's form ends with a NUL, as a char array's text does.
    private static byte[]? Text(ScriptArguments given) => given.Text(0) is { Length: < LongestName } text ? [.. Encoding.UTF8.GetBytes(text), 0] : null;

    private static byte[] LittleEndian(ushort number)
    {
        var bytes = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, number);
        return bytes;
    }

    private static byte[] LittleEndian(uint number)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, number);
        return bytes;
    }

    private static byte[] LittleEndian(ulong number)
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, number);
        return bytes;
    }
}
