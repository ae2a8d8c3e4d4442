namespace EbpfAgent.Bpf;

/// <summary>
/// The two data sections that <c>HISTOGRAM(...)</c> leaves in an object beside the map: how its slots are cut, and how many inserts failed. <c>EVENTS(...)</c> leaves one like the second.
/// </summary>
internal static class HistogramSections
{
    private const string SchemeSection = ".rodata.histograms";
    private const string SchemeSuffix = "__scheme";
    private const string DropSuffix = "__dropped";

    private static readonly string[] DropSections = [".data.histograms", ".data.events"];

    /// <summary>The bytes of a map's scheme; null if it has none.</summary>
    public static byte[]? Scheme(OpenBpfObject opened, string map) =>
        Find(opened.Btf, SchemeSection, map + SchemeSuffix) is { } variable ? opened.InitialValue(SchemeSection, variable) : null;

    /// <summary>Where a data section counts a map's failed inserts, or the events that found no room in it; null if none does.</summary>
    public static (string Section, int Offset)? DropCounter(Btf btf, string map)
    {
        foreach (string section in DropSections)
        {
            if (Find(btf, section, map + DropSuffix) is { Size: sizeof(ulong) } variable) return (section, checked((int)variable.Offset));
        }

        return null;
    }

    private static BtfSectionVariable? Find(Btf btf, string section, string variable)
    {
        foreach (BtfSectionVariable candidate in btf.FindDataSection(section) ?? [])
        {
            if (candidate.Name == variable) return candidate;
        }

        return null;
    }
}
