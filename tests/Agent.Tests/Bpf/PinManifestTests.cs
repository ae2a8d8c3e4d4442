using System.Text.Json;
using EbpfAgent.Bpf;

namespace EbpfAgent.Tests.Bpf;

/// <summary>The list of what is pinned, as agents of other versions write it.</summary>
public sealed class PinManifestTests
{
    /// <summary>They knew places that the section names, and no others.</summary>
    [Fact]
    public void A_program_that_an_older_agent_has_pinned_is_where_its_section_says()
    {
        PinnedProgram read = JsonSerializer.Deserialize("""{ "Section": "tp_btf/sys_enter", "Name": "on_enter", "Id": 1, "SlotsId": 2, "LinkId": 3 }""", PinManifestJson.Default.PinnedProgram)!;
        Assert.Equal(new PinnedProgram("tp_btf/sys_enter", "on_enter", 1, 2, 3), read);
        Assert.Equal("", read.Place);
    }

    [Fact]
    public void A_place_is_read_as_it_was_written()
    {
        var pinned = new PinnedProgram("uprobe", "on_call", 1, 2, 3, "/bin/bash:readline+0x0 in process any");
        Assert.Equal(pinned, JsonSerializer.Deserialize(JsonSerializer.Serialize(pinned, PinManifestJson.Default.PinnedProgram), PinManifestJson.Default.PinnedProgram));
    }
}
