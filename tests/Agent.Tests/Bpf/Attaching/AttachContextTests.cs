using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Attaching;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Tests.Bpf.Attaching;

/// <summary>What a refusal means: a lack of the kernel's, of the agent's rights, or neither.</summary>
public sealed class AttachContextTests
{
    private static readonly AttachKind Kind = new("an XDP link", "CAP_NET_ADMIN", 5, 9);

    [Theory]
    [InlineData("6.1.0", -1, "Permission", "a.bpf.o: program 'p' (xdp) could not be attached to interface 'eth0': operation not permitted (EPERM); run the agent as root, or give it CAP_NET_ADMIN")]
    [InlineData("5.8.0-13-amd64", -22, "Unsupported", "a.bpf.o: program 'p' (xdp) can't be attached to interface 'eth0': an XDP link needs kernel 5.9, and this is 5.8.0-13-amd64")]
    [InlineData("5.9.0", -22, "Other", "a.bpf.o: program 'p' (xdp) could not be attached to interface 'eth0': invalid argument (EINVAL)")]
    [InlineData("strange", -22, "Other", "a.bpf.o: program 'p' (xdp) could not be attached to interface 'eth0': invalid argument (EINVAL)")]
    [InlineData("6.1.0", 95, "Unsupported", "a.bpf.o: program 'p' (xdp) has nothing to attach to: kernel 6.1.0 lacks interface 'eth0' (operation not supported (EOPNOTSUPP))")]
    [InlineData("6.1.0", 2, "Unsupported", "a.bpf.o: program 'p' (xdp) has nothing to attach to: kernel 6.1.0 lacks interface 'eth0' (no such entry (ENOENT))")]
    public void A_refusal_is_sorted(string release, int errno, string failure, string message)
    {
        BpfException e = Context(release).Refused("interface 'eth0'", Kind, errno, []);
        Assert.Equal((failure, message), (e.Failure.ToString(), e.Message));
    }

    [Fact]
    public void What_libbpf_says_comes_first() => Assert.EndsWith(
        "interface 'eth0': it said so: invalid argument (EINVAL)", Context("6.1.0").Refused("interface 'eth0'", Kind, 22, ["it said so", "and more"]).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("5.9.0", 5, 9, false)]
    [InlineData("5.8.18", 5, 9, true)]
    [InlineData("5.10.0-1", 5, 9, false)]
    [InlineData("6.1-rc1", 6, 2, true)]
    [InlineData("4.19.0", 5, 1, true)]
    [InlineData("unknown", 5, 1, false)]
    [InlineData("", 5, 1, false)]
    public void A_release_is_older_or_not(string release, int major, int minor, bool isOlder) => Assert.Equal(isOlder, new KernelFacts(release, true, 0).IsOlderThan(major, minor));

    private static AttachContext Context(string release) =>
        new("a.bpf.o", new AttachedProgram("xdp", "p", new BpfProgramHandle(-1), new SectionTarget(), null, null), new KernelFacts(release, true, 0));
}
