using System.Runtime.InteropServices;
using EbpfAgent.Abstractions;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf.Attaching;

/// <summary>
/// A control group of version 2. Beside programs of others that are attached there (<c>BPF_F_ALLOW_MULTI</c>). A group that is removed takes the attachment with it; one that is made
/// again under its name is another. Minimum kernel: 5.7.
/// </summary>
internal sealed class CgroupTarget(CgroupAttachment at) : LinkTarget
{
    private static readonly AttachKind Kind = new("a link to a control group", "CAP_NET_ADMIN", 5, 7);

    public override string Identity => at.Path;

    protected override BpfLinkHandle Call(AttachContext context, BpfProgram program)
    {
        string folder = Folder(context);
        using FolderHandle group = LibC.OpenFolder(folder);
        if (group.IsInvalid) throw context.Missing($"the control group {folder} can't be opened: {Errno.Describe(Marshal.GetLastPInvokeError())}");
        return LibBpf.AttachCgroup(program.Pointer, group);
    }

    protected override BpfException Refused(AttachContext context, int errno, string[] said) => context.Refused($"control group '{at.Path}'", Kind, errno, said);

    private string Folder(AttachContext context)
    {
        if (at.Path.Split('/').Contains(".."))
            throw BpfException.With(BpfFailure.Object, $"{context.Subject}: '{at.Path}' leads out of the control groups; name a group by its path below their root");
        string root = CgroupRoot.Find(File.ReadLines(CgroupRoot.Mounts))
            ?? throw AttachContext.Unsupported($"{context.Subject} needs control groups of version 2, which are not mounted here; mount them: mount -t cgroup2 none /sys/fs/cgroup");
        string folder = Path.Join(root, at.Path);
        return Directory.Exists(folder) ? folder : throw context.Missing($"there is no control group '{at.Path}' below {root}");
    }
}
