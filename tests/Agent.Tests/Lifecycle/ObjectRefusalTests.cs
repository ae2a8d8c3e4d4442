using System.Buffers.Binary;
using EbpfAgent.Configuration;
using EbpfAgent.Lifecycle;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Lifecycle;

/// <summary>Objects that can't be loaded anywhere, and kernels that can load none.</summary>
public sealed class ObjectRefusalTests
{
    private const int Machine = 18;

    [Fact]
    public void An_empty_object() => Check([], "broken.bpf.o is not a BPF object: the file is empty; build it with clang -g -O2 -target bpf");

    [Fact]
    public void Something_that_is_not_ELF() => Check("#!/bin/sh"u8.ToArray(), "broken.bpf.o is not a BPF object: it is not an ELF file; build it with clang -g -O2 -target bpf");

    [Fact]
    public void An_object_of_which_half_a_header_is_there() =>
        Check(Fixture.Read("latency.bpf.o")[..32], "broken.bpf.o is not a BPF object: it is truncated: 32 bytes, and an ELF header alone has 64");

    [Fact]
    public void An_object_of_which_half_is_there()
    {
        byte[] whole = Fixture.Read("latency.bpf.o");
        Check(whole[..(whole.Length / 2)], $"broken.bpf.o is not a BPF object: it is truncated: the section table ends at byte {whole.Length}, and the file has {whole.Length / 2}");
    }

    [Fact]
    public void An_ELF_file_for_another_machine()
    {
        byte[] image = Fixture.Read("latency.bpf.o");
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(Machine), 62);
        Check(image, "broken.bpf.o is not a BPF object: it is an ELF file for machine 62, not for BPF (247)");
    }

    [Fact]
    public void An_object_without_BTF() => Check(Fixture.Read("no_btf.bpf.o"), "broken.bpf.o has no BTF, which says what its maps hold; compile it with clang -g");

    /// <summary>A file may be damaged anywhere: it is refused with a class and a message, or it is a sound one, and nothing else happens.</summary>
    [Fact]
    public void An_object_with_a_byte_changed_anywhere_is_refused_or_sound()
    {
        byte[] whole = Fixture.Read("latency.bpf.o");
        for (int at = 0; at < whole.Length; at += 37)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 0xff;
            PluginException e = Refusal.OfObject(damaged);
            Assert.True(e.Error is PluginError.Object or PluginError.Layout or PluginError.Permission, $"byte {at}: {e.Error}: {e.Message}");
        }
    }

    [Fact]
    public void An_object_that_is_not_there_is_named_with_its_path()
    {
        using AgentFolder folder = new AgentFolder().WithScript("latency", "export const labels = [];");
        string path = Path.Combine(folder.Plugins, "latency", "latency.bpf.o");
        File.Delete(path);
        PluginException e = Refusal.Of(new ManifestPlugin(PluginManifestLoader.Load(Path.Combine(folder.Plugins, "latency", "plugin.json")), TestPlugin.Decoders()));
        Assert.Equal((PluginError.Object, $"the BPF object {path} is not there; build it, or correct its name"), (e.Error, e.Message));
    }

    [Fact]
    public void A_kernel_without_BTF_is_unsupported_for_programs_that_need_it()
    {
        PluginException e = Refusal.Of(new TestPlugin("missing_tracepoint.bpf.o", TestMetric.Of<DiskKey>("latency")), Refusal.WithoutBtf);
        Assert.Equal(PluginError.Unsupported, e.Error);
        Assert.Equal(
            "missing_tracepoint.bpf.o: program 'on_nothing' (tp_btf/no_such_tracepoint) needs the kernel's BTF, and kernel 4.19.0 has no /sys/kernel/btf/vmlinux; "
            + "use a kernel built with CONFIG_DEBUG_INFO_BTF",
            e.Message);
    }

    [Fact]
    public void An_agent_without_capabilities_is_told_which_it_needs()
    {
        PluginException e = Refusal.Of("latency.bpf.o", TestMetric.Of<DiskKey>("latency"));
        Assert.Equal((PluginError.Permission, "latency.bpf.o: the agent may not load BPF programs; run it as root, or give it CAP_BPF and CAP_PERFMON"), (e.Error, e.Message));
    }

    private static void Check(byte[] image, string message)
    {
        PluginException e = Refusal.OfObject(image);
        Assert.Equal(PluginError.Object, e.Error);
        Assert.StartsWith(message, e.Message, StringComparison.Ordinal);
    }
}
