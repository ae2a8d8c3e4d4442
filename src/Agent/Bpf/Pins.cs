using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf;

/// <summary>
/// Pins an object that runs, so that it goes on without the agent: its maps, and of each attach point the link, the switch and the program.
/// </summary>
internal static class Pins
{
    /// <exception cref="BpfException">Something can't be pinned; what was pinned in the folder before is still there.</exception>
    public static void Write(string name, string folder, IReadOnlyList<BpfMap> maps, ReadOnlyMemory<byte> types, IReadOnlyList<Attachment> attachments)
    {
        Attachment[] needed = [.. attachments.Where(static one => !one.Program.Target.RunsWhenAsked)];
        if (Array.Find(needed, static one => one.Switch is null || one.Link is null) is { } unpinnable)
        {
            string cause = unpinnable.Switch is null
                ? "this kernel runs programs of its kind without a switch only"
                : "the agent looks after its places (interfaces, CPUs, the notes of USDT probes), and they would be nobody's";
            throw BpfException.With(
                BpfFailure.Unsupported, $"{name}: program '{unpinnable.Program.Name}' ({unpinnable.Program.Section}) can't outlive the agent: {cause}");
        }

        BpfMap[] kept = [.. maps.Where(static map => !MapSharing.IsConstant(map.Definition))];
        PinFolder.Replace(folder, target => Fill(name, target, kept, types.Span, needed));
    }

    private static void Fill(string name, string folder, BpfMap[] maps, ReadOnlySpan<byte> types, Attachment[] attachments)
    {
        for (int i = 0; i < maps.Length; i++) PinFolder.Pin(maps[i].Handle.Number, Path.Combine(folder, PinManifest.MapFile(i)), $"map '{maps[i].Definition.Name}' of {name}");
        for (int i = 0; i < attachments.Length; i++)
        {
            string program = $"program '{attachments[i].Program.Name}' ({attachments[i].Program.Section}) of {name}";
            PinFolder.Pin(attachments[i].Switch!.Slots.Number, Path.Combine(folder, PinManifest.SlotsFile(i)), $"the switch of {program}");
            PinFolder.Pin(attachments[i].Switch!.Dispatcher.Number, Path.Combine(folder, PinManifest.SwitchFile(i)), $"the dispatcher of {program}");
            PinFolder.Pin(attachments[i].Program.Handle.Number, Path.Combine(folder, PinManifest.ProgramFile(i)), program);
            PinLink(attachments[i].Link!, Path.Combine(folder, PinManifest.LinkFile(i)), program);
        }

        using BpfMapHandle described = BytesMap.Create(types);
        PinFolder.Pin(described.Number, Path.Combine(folder, PinManifest.TypesFile), $"the types of {name}");
        using BpfMapHandle manifest = List(name, maps, attachments).ToMap();
        PinFolder.Pin(manifest.Number, Path.Combine(folder, PinManifest.FileName), $"the list of what is pinned of {name}");
    }

    // Before 5.15, what attaches a kprobe or a classic tracepoint is no link, and can't be pinned.
    private static void PinLink(BpfLinkHandle link, string path, string program)
    {
        int result = LibBpf.Pin(LibBpf.LinkFd(link), path);
        if (result == -Errno.Invalid)
            throw BpfException.With(BpfFailure.Unsupported, $"{program} can't outlive the agent: this kernel can't pin what attaches it (EINVAL); kernel 5.15 and later can", -result);
        if (result < 0) throw BpfException.Of($"can't pin the link of {program} as {path}", result);
    }

    private static PinManifest List(string name, BpfMap[] maps, Attachment[] attachments) => new(
        PinManifest.CurrentVersion,
        name,
        [.. maps.Select(static map => new PinnedMap(
            map.Definition.Name, map.Id, map.Definition.KeyTypeId, map.Definition.ValueTypeId, map.Definition.Section, map.Definition.Meaning.ToArray()))],
        [.. attachments.Select(static one => new PinnedProgram(
            one.Program.Section, one.Program.Name, BpfInfo.Program(one.Program.Handle).Id, BpfInfo.Map(one.Switch!.Slots).Id, BpfInfo.Link(one.Link!).Id, one.Program.Target.Identity))]);
}
