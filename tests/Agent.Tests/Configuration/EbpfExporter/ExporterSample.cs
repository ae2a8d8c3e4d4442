using System.Text;
using EbpfAgent.Configuration;
using EbpfAgent.Configuration.EbpfExporter;
using EbpfAgent.Configuration.Reading;

namespace EbpfAgent.Tests.Configuration.EbpfExporter;

/// <summary>Reads configurations of ebpf_exporter that lie nowhere, as /plugins/disk/disk.yaml.</summary>
internal static class ExporterSample
{
    public const string Folder = "/plugins/disk";
    public const string File = Folder + "/disk.yaml";

    public static PluginManifest Manifest(string yaml) => EbpfExporterConfiguration.Parse(Encoding.UTF8.GetBytes(yaml), File);

    /// <summary>The message, without the folder: <c>disk.yaml:1:3: ...</c>.</summary>
    public static string Error(string yaml) => Message(() => Manifest(yaml));

    /// <summary>The tree alone, whatever it says.</summary>
    public static Node Tree(string yaml) => Tree(Encoding.UTF8.GetBytes(yaml));

    public static Node Tree(byte[] utf8)
    {
        var errors = new ErrorList();
        var root = PositionedYaml.Parse(utf8, File, errors);
        errors.ThrowIfAny();
        return root;
    }

    public static string TreeError(string yaml) => Message(() => Tree(yaml));

    public static string Message(Action read) => Assert.Throws<ConfigurationException>(read).Message.Replace(Folder + "/", "", StringComparison.Ordinal);

    /// <summary>A configuration of one counter, with further lines of it, each indented by six.</summary>
    public static string Counter(string lines) => $"metrics:\n  counters:\n    - name: reads_total\n      help: Reads.\n{lines}\n";

    /// <summary>A configuration of one counter with one label, whose lines are indented by ten.</summary>
    public static string Label(string lines) => Counter($"      labels:\n        - name: device\n{lines}");

    /// <summary>A configuration of one histogram with the bucket as its only label, and further lines of it, each indented by six.</summary>
    public static string Histogram(string lines) =>
        $"metrics:\n  histograms:\n    - name: sizes\n      help: Sizes.\n{lines}\n      labels:\n        - name: bucket\n          size: 8\n          decoders:\n            - name: uint\n";
}
