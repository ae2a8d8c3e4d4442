using EbpfAgent.Decoding.BuiltIn.Steps;

namespace EbpfAgent.Tests.Decoding.BuiltIn;

/// <summary><c>cgroup</c>, <c>container</c>, <c>pod</c>.</summary>
public sealed class CgroupDecoderTests
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string Other = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";
    private const string Uid = "8f3c1a52-7c55-4d0c-9a44-1f2e3d4c5b6a";
    private const string UnitUid = "8f3c1a52_7c55_4d0c_9a44_1f2e3d4c5b6a";

    [Theory]
    [InlineData("cgroup", "0700000000000000", "/system.slice/ssh.service")]
    [InlineData("cgroup", "0100000000000000", "/")]
    [InlineData("cgroup", "ffffffffffffffff", "unknown:18446744073709551615")]
    [InlineData("container", "0700000000000000", "")]
    [InlineData("container", "0900000000000000", "unknown:9")]
    [InlineData("pod", "0100000000000000", "")]
    [InlineData("pod", "0900000000000000", "unknown:9")]
    public void An_id_becomes_a_path_and_what_is_in_it(string decoder, string hex, string text) => Assert.Equal(text, Chain.First(decoder, hex));

    [Theory]
    [InlineData("container", $"/docker/{Id}", Id)]
    [InlineData("container", "7", "")]
    [InlineData("container", "unknown:5", "unknown:5")]
    [InlineData("pod", "unknown:5", "unknown:5")]
    [InlineData("cgroup", "/a/b", "/a/b")]
    public void A_path_is_taken_from_the_decoder_before(string decoder, string text, string expected) => Assert.Equal(expected, Chain.Later(decoder, text));

    [Theory]
    [InlineData("/", "")]
    [InlineData("", "")]
    [InlineData("/user.slice/user-1000.slice/session-1.scope", "")]
    [InlineData($"/docker/{Id}", Id)]
    [InlineData($"/system.slice/docker-{Id}.scope", Id)]
    [InlineData($"/system.slice/docker-{Id}.scope/init", Id)]
    [InlineData($"/system.slice/nerdctl-{Id}.scope", Id)]
    [InlineData($"/kubepods/burstable/pod{Uid}/{Id}", Id)]
    [InlineData($"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{UnitUid}.slice/cri-containerd-{Id}.scope", Id)]
    [InlineData($"/kubepods.slice/kubepods-pod{UnitUid}.slice/crio-{Id}.scope", Id)]
    [InlineData($"/kubepods.slice/kubepods-pod{UnitUid}.slice/crio-conmon-{Id}.scope", "")]
    [InlineData($"/system.slice/containerd.service/kubepods-burstable-pod{UnitUid}.slice:cri-containerd:{Id}", Id)]
    [InlineData($"/machine.slice/libpod-{Id}.scope/container", Id)]
    [InlineData($"/machine.slice/libpod-conmon-{Id}.scope", "")]
    [InlineData($"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-{Id}.scope", Id)]
    [InlineData("/machine.slice/machine-web\\x2d1.scope", "web-1")]
    [InlineData("/machine.slice/systemd-nspawn@db.service/payload", "db")]
    [InlineData("/machine.slice/machine-.scope", "")]
    [InlineData($"/docker/{Id}/docker/{Other}", Other)]
    [InlineData("/docker/0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef", "")]
    [InlineData($"/docker/0{Id}", "")]
    public void Containers_are_found_as_each_manager_writes_them(string path, string id) => Assert.Equal(id, CgroupPaths.Container(path));

    [Theory]
    [InlineData("/", "")]
    [InlineData($"/docker/{Id}", "")]
    [InlineData($"/kubepods/burstable/pod{Uid}/{Id}", Uid)]
    [InlineData($"/kubepods/pod{Uid}", Uid)]
    [InlineData($"/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod{UnitUid}.slice/cri-containerd-{Id}.scope", Uid)]
    [InlineData($"/kubepods.slice/kubepods-pod{UnitUid}.slice", Uid)]
    [InlineData($"/system.slice/containerd.service/kubepods-burstable-pod{UnitUid}.slice:cri-containerd:{Id}", Uid)]
    [InlineData("/kubepods/pod0123456789abcdef0123456789abcdef/x", "0123456789abcdef0123456789abcdef")]
    [InlineData("/system.slice/podman.service", "")]
    [InlineData("/kubepods.slice/kubepods-besteffort.slice", "")]
    [InlineData($"/tripod{Uid}", "")]
    public void Pods_are_found_by_their_uid(string path, string uid) => Assert.Equal(uid, CgroupPaths.PodUid(path));
}
