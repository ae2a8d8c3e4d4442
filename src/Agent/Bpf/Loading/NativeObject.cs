using System.Runtime.InteropServices;
using System.Text;
using EbpfAgent.Bpf.Attaching;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf.Loading;

/// <summary>
/// libbpf's own object, open. It can be loaded once, whether that succeeds or not: who wants to try again opens it again. Owns its handle until <see cref="GiveUpHandle"/>.
/// </summary>
internal sealed class NativeObject : IDisposable
{
    private bool _isGivenUp;

    private NativeObject(BpfObjectHandle handle)
    {
        Handle = handle;
        Maps = All(LibBpf.NextMap, handle);
        Programs = [.. All(LibBpf.NextProgram, handle).Select(static pointer => new BpfProgram(WithType(pointer)))];
    }

    public BpfObjectHandle Handle { get; }

    /// <summary>Its maps, borrowed, in the object's order.</summary>
    public IReadOnlyList<nint> Maps { get; }

    public IReadOnlyList<BpfProgram> Programs { get; }

    /// <summary>Opens it from memory.</summary>
    /// <param name="name">The file or resource, for messages.</param>
    /// <param name="image">The ELF file's bytes; not used after the call.</param>
    /// <param name="kernelLog">Where the verifier writes; it must outlive the load.</param>
    /// <exception cref="BpfException">libbpf can't open the bytes.</exception>
    public static unsafe NativeObject Open(string name, ReadOnlySpan<byte> image, KernelLog kernelLog)
    {
        using LibBpfLog.Capture log = LibBpfLog.Begin();
        BpfObjectHandle handle;
        fixed (byte* bytes = image, objectName = Encoding.UTF8.GetBytes(ShortName(name) + '\0'))
        {
            var options = new LibBpf.ObjectOpenOptions
            {
                Size = (nuint)sizeof(LibBpf.ObjectOpenOptions),
                ObjectName = objectName,
                KernelLog = kernelLog.Pointer,
                KernelLogSize = (nuint)kernelLog.Room,
            };
            handle = LibBpf.ObjectOpenMemory(bytes, (nuint)image.Length, &options);
        }

        return handle.IsInvalid ? throw LoadErrors.NotOpened(name, Marshal.GetLastPInvokeError(), log.Lines) : new NativeObject(handle);
    }

    /// <summary>Writes values into the data sections that the maps will start with.</summary>
    public unsafe void Apply(IReadOnlyList<ConstantPatch> patches, IReadOnlyList<MapDefinition> maps)
    {
        foreach (ConstantPatch patch in patches)
        {
            int index = maps.ToList().FindIndex(map => map.Section == patch.Section);
            nuint room = 0;
            byte* value = index < 0 ? null : LibBpf.MapInitialValue(Maps[index], out room);
            if (value is null) throw BpfException.With(BpfFailure.Object, $"section {patch.Section} holds nothing that could be set");
            patch.Bytes.CopyTo(new Span<byte>(value, checked((int)room))[patch.Offset..]);
        }
    }

    /// <summary>Somebody else closes it from now on.</summary>
    public BpfObjectHandle GiveUpHandle()
    {
        _isGivenUp = true;
        return Handle;
    }

    public void Dispose()
    {
        if (!_isGivenUp) Handle.Dispose();
    }

    private static nint[] All(Func<BpfObjectHandle, nint, nint> next, BpfObjectHandle handle)
    {
        int count = 0;
        for (nint item = next(handle, 0); item != 0; item = next(handle, item)) count++;
        nint[] all = new nint[count];
        for (int i = 0; i < count; i++) all[i] = next(handle, i == 0 ? 0 : all[i - 1]);
        return all;
    }

    private static nint WithType(nint program)
    {
        string section = Marshal.PtrToStringUTF8(LibBpf.ProgramSection(program)) ?? "";
        if (LibBpf.ProgramType(program) == (int)ProgramType.Unknown && PlaceSections.TypeOf(section) is not ProgramType.Unknown and var type) _ = LibBpf.ProgramSetType(program, (int)type);
        return program;
    }

    // The kernel takes 15 characters of letters, digits, '.' and '_'.
    private static string ShortName(string name)
    {
        string file = Path.GetFileName(name);
        int dot = file.IndexOf('.', StringComparison.Ordinal);
        string stem = dot > 0 ? file[..dot] : file;
        return string.Concat(stem.Select(static c => char.IsAsciiLetterOrDigit(c) ? c : '_').Take(15));
    }
}
