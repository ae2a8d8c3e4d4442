using System.Buffers.Binary;

namespace EbpfAgent.Decoding.BuiltIn.Steps;

/// <summary>A stack: 64-bit addresses up to the first 0, as <c>bpf_get_stack</c> writes them, innermost first; symbols between semicolons, as flame graphs want them.</summary>
internal static class StackStep
{
    /// <summary>Calls <paramref name="symbol"/> for each frame.</summary>
    /// <exception cref="DecodeException">The bytes are no array of addresses.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes, Func<ulong, string?> symbol)
    {
        if (bytes.Length % sizeof(ulong) != 0)
            throw new DecodeException($"{bytes.Length} bytes are no stack; a multiple of {sizeof(ulong)} is");
        var frames = new List<string>();
        for (; !bytes.IsEmpty && BinaryPrimitives.ReadUInt64LittleEndian(bytes) is not 0 and var address; bytes = bytes[sizeof(ulong)..])
            frames.Add(symbol(address) ?? Unknown.Address(address));
        return string.Join(';', frames);
    }
}

/// <summary>A stack of the kernel.</summary>
internal sealed class KernelStackStep(IHost host) : ILabelStep
{
    public bool AsksHost => true;

    public bool NeedsBytes => true;

    public string Decode(in LabelInput input) => StackStep.Decode(input.Bytes, host.KernelSymbol);
}

/// <summary>A stack of a process, whose number is another field of the key.</summary>
internal sealed class UserStackStep(IHost host, KeyField process) : ILabelStep
{
    public bool AsksHost => true;

    public bool NeedsBytes => true;

    public string Decode(in LabelInput input)
    {
        var number = StepNumber.Read(new LabelInput(input.Key.Slice(process.Offset, process.Size), process), isSigned: false);
        return StackStep.Decode(input.Bytes, address => number <= uint.MaxValue ? host.UserSymbol((uint)number, address) : null);
    }
}
