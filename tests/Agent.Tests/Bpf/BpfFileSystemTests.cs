using EbpfAgent.Bpf;

namespace EbpfAgent.Tests.Bpf;

public sealed class BpfFileSystemTests
{
    [Theory]
    [InlineData(null, "sysfs /sys sysfs rw 0 0", "none /home/bpf tmpfs rw 0 0")]
    [InlineData("/sys/fs/bpf", "sysfs /sys sysfs rw 0 0", "bpf /sys/fs/bpf bpf rw,mode=700 0 0")]
    [InlineData("/sys/fs/bpf", "none /run/bpf bpf rw 0 0", "none /sys/fs/bpf bpf rw 0 0")]
    [InlineData("/run/my bpf", "none /run/my\\040bpf bpf rw 0 0", "none /run/other bpf rw 0 0")]
    public void It_is_found_where_the_table_of_mounts_has_it(string? place, params string[] mounts) => Assert.Equal(place, BpfFileSystem.Find(mounts));
}
