using EbpfAgent.Bpf;

namespace EbpfAgent.Tests.Bpf;

/// <summary>Which maps a new version goes on with, and what is said of the others.</summary>
public sealed class MapSharingTests
{
    private static readonly Btf None = Btf.Parse(new BtfBuilder().Build());

    private readonly MapDefinition _map = new("latency", MapKind.PerCpuHash, 4, 16, 64, 0, 0);

    [Fact]
    public void A_map_that_is_the_same_is_shared() => Assert.Null(MapSharing.Obstacle(_map with { }, None, _map, None));

    public static TheoryData<string, Func<object, object>> Changes => new()
    {
        { "is BPF_MAP_TYPE_LRU_PERCPU_HASH, and was BPF_MAP_TYPE_PERCPU_HASH", static map => (MapDefinition)map with { Kind = MapKind.LruPerCpuHash } },
        { "has max_entries 65, and had 64", static map => (MapDefinition)map with { MaxEntries = 65 } },
        { "has flags 0x1, and had 0x0", static map => (MapDefinition)map with { Flags = 1 } },
        { "has map_extra 0x2, and had 0x0", static map => (MapDefinition)map with { Extra = 2 } },
        { "has a key of 8 bytes, and had one of 4", static map => (MapDefinition)map with { KeySize = 8 } },
        { "has a value of 24 bytes, and had one of 16", static map => (MapDefinition)map with { ValueSize = 24 } },
        { "has a key whose type only one of the versions declares", static map => (MapDefinition)map with { KeyTypeId = 1 } },
        { "has another scheme of buckets", static map => (MapDefinition)map with { Meaning = new byte[] { 1 } } },
    };

    [Theory]
    [MemberData(nameof(Changes), DisableDiscoveryEnumeration = true)]
    public void A_map_that_changed_is_not_shared(string reason, Func<object, object> change) =>
        Assert.Equal(reason, MapSharing.Obstacle((MapDefinition)change(_map), None, _map, None));

    [Fact]
    public void A_map_of_programs_is_not_handed_over()
    {
        var programs = _map with { Kind = (MapKind)3 };
        Assert.Equal("is map type 3, which is not handed over", MapSharing.Obstacle(programs, None, programs, None));
    }

    [Fact]
    public void Sections_go_by_their_own_name_and_maps_by_theirs()
    {
        var section = _map with { Name = "first.bss", Section = ".bss" };
        Assert.True(MapSharing.IsSameMap(section, section with { Name = "second.bss" }));
        Assert.False(MapSharing.IsSameMap(section, section with { Section = ".data" }));
        Assert.False(MapSharing.IsSameMap(_map, _map with { Name = "other" }));
        Assert.False(MapSharing.IsSameMap(_map with { Name = ".bss" }, section with { Name = ".bss" }));
    }

    [Theory]
    [InlineData(".rodata", true)]
    [InlineData(".rodata.histograms", true)]
    [InlineData(".kconfig", true)]
    [InlineData(".data", false)]
    [InlineData(".bss", false)]
    [InlineData(null, false)]
    public void Constants_belong_to_their_version(string? section, bool isConstant) => Assert.Equal(isConstant, MapSharing.IsConstant(_map with { Section = section }));

    /// <summary>They are numbered anew by each object that attaches.</summary>
    [Fact]
    public void What_libbpf_notes_of_USDT_probes_belongs_to_its_version()
    {
        Assert.True(MapSharing.IsConstant(_map with { Name = "__bpf_usdt_specs" }));
        Assert.True(MapSharing.IsConstant(_map with { Name = "__bpf_usdt_ip_to_spec_id" }));
    }

    [Theory]
    [InlineData("calls:0", null)]
    [InlineData("calls:8", "has 'calls' at offset 8, and had it at 0")]
    [InlineData("misses:0", "has 'misses' where 'calls' was")]
    [InlineData("calls:0 misses:8", "has 2 variables, and had 1")]
    public void A_section_is_compared_variable_by_variable(string now, string? reason)
    {
        var section = _map with { Kind = MapKind.Array, Section = ".bss" };
        Assert.Equal(reason, MapSharing.Obstacle(section, Section(now), section, Section("calls:0")));
    }

    [Fact]
    public void A_section_that_starts_with_other_values_is_the_new_versions_own()
    {
        var section = _map with { Kind = MapKind.Array, Section = ".bss", Meaning = new byte[] { 1, 2 } };
        Assert.Equal("starts with other values", MapSharing.Obstacle(section with { Meaning = new byte[] { 1, 3 } }, Section("calls:0"), section, Section("calls:0")));
        Assert.Null(MapSharing.Obstacle(section with { Meaning = new byte[] { 1, 2 } }, Section("calls:0"), section, Section("calls:0")));
    }

    [Fact]
    public void A_section_without_types_is_not_shared()
    {
        var section = _map with { Kind = MapKind.Array, Section = ".bss" };
        Assert.Equal("is described by only one of the versions", MapSharing.Obstacle(section, None, section, Section("calls:0")));
    }

    private static Btf Section(string variables)
    {
        var builder = new BtfBuilder();
        int type = builder.Int("u64", 8);
        (int, uint, uint)[] entries = [.. variables.Split(' ').Select(static one => one.Split(':')).Select(one => (builder.Variable(one[0], type), uint.Parse(one[1]), 8u))];
        builder.DataSection(".bss", 16, entries);
        return Btf.Parse(builder.Build());
    }
}
