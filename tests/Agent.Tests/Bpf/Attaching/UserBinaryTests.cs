using EbpfAgent.Bpf.Attaching;

namespace EbpfAgent.Tests.Bpf.Attaching;

/// <summary>Binaries by name, under a root of the test's own.</summary>
public sealed class UserBinaryTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("ebpf-agent-root-").FullName + "/";

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("libc", "/lib64/libc.so.6")]
    [InlineData("libc.so", "/lib64/libc.so.6")]
    [InlineData("libc.so.6", "/lib64/libc.so.6")]
    [InlineData("libssl", "/lib64/libssl.so.10")]
    [InlineData("libssl.so.3", "/lib64/libssl.so.3")]
    [InlineData("libonly", "/opt/lib/libonly.so")]
    [InlineData("bash", "/opt/bin/bash")]
    [InlineData("zsh", "/usr/bin/zsh")]
    [InlineData("z", "/lib64/z.so.1")]
    [InlineData("/data/app", "/data/app")]
    public void Is_found(string name, string path)
    {
        Elf("lib64/libc.so.6", "lib64/libssl.so.1.1", "lib64/libssl.so.3", "lib64/libssl.so.10", "lib64/z.so.1", "opt/lib/libonly.so", "opt/bin/bash", "usr/bin/bash", "usr/bin/zsh", "data/app");
        Write("etc/ld.so.conf.d/opt.conf", "# ours\n/opt/lib\n");
        // What the linker reads, and what is no version.
        Write("lib64/libc.so", "/* GNU ld script */");
        Write("lib64/libssl.so.debug", "");
        Write("usr/bin/libc", "#!/bin/sh\n");
        Assert.Equal(path, new UserBinary(_root, "/opt/bin:relative:/nowhere").Find(name, out _));
    }

    [Theory]
    [InlineData("libnone", "a library in ")]
    [InlineData("none", "a library in ")]
    [InlineData("/data/none", "the file /data/none")]
    [InlineData("bin/bash", "an absolute path, or a name without folders")]
    [InlineData("", "an absolute path, or a name without folders")]
    public void Is_not_found(string name, string looked)
    {
        Elf("usr/bin/bash");
        Assert.Null(new UserBinary(_root, null).Find(name, out string where));
        Assert.StartsWith(looked, where, StringComparison.Ordinal);
    }

    private void Elf(params string[] files)
    {
        foreach (string file in files) Write(file, "\u007fELF");
    }

    private void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_root + file)!);
        File.WriteAllText(_root + file, text);
    }
}
