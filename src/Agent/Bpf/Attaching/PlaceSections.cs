using System.Globalization;
using EbpfAgent.Abstractions;

namespace EbpfAgent.Bpf.Attaching;

/// <summary>
/// Reads sections that name the place of a perf event or an XDP program, in ebpf_exporter's form: <c>perf_event/type=1,config=0,frequency=99</c>, <c>xdp/eth0</c>. libbpf (1.1) doesn't know them, so such a
/// program has no type until it is given the one of its attachment.
/// </summary>
internal static class PlaceSections
{
    private const string PerfEvent = "perf_event/";
    private const string Xdp = "xdp/";

    /// <summary>The type that a program of this section has; <see cref="ProgramType.Unknown"/> for a section of another form.</summary>
    public static ProgramType TypeOf(string section) =>
        section.StartsWith(PerfEvent, StringComparison.Ordinal) ? ProgramType.PerfEvent
        : section.StartsWith(Xdp, StringComparison.Ordinal) ? ProgramType.Xdp
        : ProgramType.Unknown;

    /// <summary>Where the program is attached; null for a section of another form, which libbpf understands or nobody.</summary>
    /// <exception cref="FormatException">It is of this form, and wrong; the message names the section.</exception>
    public static ProgramAttachment? Attachment(string section)
    {
        if (section.StartsWith(PerfEvent, StringComparison.Ordinal))
            return Event(section);
        if (!section.StartsWith(Xdp, StringComparison.Ordinal))
            return null;
        return section.Length > Xdp.Length
            ? new XdpAttachment { Interfaces = [section[Xdp.Length..]] }
            : throw Refused(section, "no interface is named after \"xdp/\"");
    }

    // What is left out is 0, as there.
    private static PerfEventAttachment Event(string section)
    {
        var values = new Dictionary<string, ulong>(StringComparer.Ordinal) { ["type"] = 0, ["config"] = 0, ["frequency"] = 0 };
        foreach (string item in section[PerfEvent.Length..].Split(','))
        {
            string[] pair = item.Split('=', 2);
            if (!values.ContainsKey(pair[0]))
                throw Refused(section, $"expected type=, config= or frequency=; found \"{item}\"");
            if (pair.Length < 2 || !ulong.TryParse(pair[1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong value))
                throw Refused(section, $"expected a whole number after {pair[0]}=; found \"{item}\"");
            values[pair[0]] = value;
        }
        if (values["type"] > uint.MaxValue)
            throw Refused(section, $"there is no type {values["type"]}");
        return new PerfEventAttachment { Type = (uint)values["type"], Config = values["config"], Frequency = values["frequency"] };
    }

    private static FormatException Refused(string section, string problem) => new($"the section \"{section}\" can't be read: {problem}");
}
