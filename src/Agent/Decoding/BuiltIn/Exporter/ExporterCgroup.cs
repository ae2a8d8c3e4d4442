using System.Globalization;

namespace EbpfAgent.Decoding.BuiltIn.Exporter;

/// <summary><c>cgroup</c>: the group's folder in the file system, of an id in decimal.</summary>
internal sealed class ExporterCgroup(IHost host) : ILabelStep
{
    public bool AsksHost => true;

    public string Decode(in LabelInput input)
    {
        var id = ExporterInput.Signed(input);
        return (id < 0 ? null : host.CgroupPath((ulong)id)) switch
        {
            null => string.Create(CultureInfo.InvariantCulture, $"unknown_cgroup_id:{id}"),
            "/" => host.CgroupMount,
            var path => host.CgroupMount + path,
        };
    }
}
