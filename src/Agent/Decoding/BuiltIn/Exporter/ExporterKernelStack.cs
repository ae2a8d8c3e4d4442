using System.Buffers.Binary;

namespace EbpfAgent.Decoding.BuiltIn.Exporter;

/// <summary><c>kstack</c>: 64-bit addresses up to the first 0, a line for each; <c>??</c> for one that is in no symbol.</summary>
internal sealed class ExporterKernelStack(IHost host) : ILabelStep
{
    public bool AsksHost => true;

    public string Decode(in LabelInput input)
    {
        var bytes = ExporterInput.Bytes(input);
        var frames = new List<string>();
        for (; !bytes.IsEmpty; bytes = bytes[sizeof(ulong)..])
        {
            if (bytes.Length < sizeof(ulong))
                throw new DecodeException($"{bytes.Length} bytes are left over; a stack is a multiple of {sizeof(ulong)}");
            var address = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            if (address == 0)
                break;
            frames.Add(host.KernelSymbol(address) ?? "??");
        }

        return string.Join('\n', frames);
    }
}
