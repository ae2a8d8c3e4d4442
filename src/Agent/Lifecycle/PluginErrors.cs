using EbpfAgent.Bpf;
using EbpfAgent.Configuration;
using EbpfAgent.Decoding.JavaScript;
using EbpfAgent.Survival;

namespace EbpfAgent.Lifecycle;

/// <summary>Sorts whatever went wrong with a plugin into the classes that the agent reports.</summary>
internal static class PluginErrors
{
    public static PluginException From(Exception exception) => exception switch
    {
        PluginException already => already,
        TypeInitializationException { InnerException: { } inner } => From(inner),
        DllNotFoundException library => new PluginException(PluginError.Kernel, library.Message, library),
        BpfException bpf => new PluginException(ClassOf(bpf.Failure), bpf.Message, bpf),
        BtfException btf => new PluginException(PluginError.Object, btf.Message, btf),
        ConfigurationException manifest => new PluginException(PluginError.Manifest, manifest.Message, manifest),
        SurvivalException survival => new PluginException(PluginError.Survival, survival.Message, survival) { IsTransient = true },
        ScriptException script => new PluginException(PluginError.Script, script.Message, script),
        TimeoutException timeout => new PluginException(PluginError.Timeout, timeout.Message, timeout),
        _ => new PluginException(PluginError.Internal, $"{exception.GetType().Name}: {exception.Message}", exception),
    };

    private static PluginError ClassOf(BpfFailure failure) => failure switch
    {
        BpfFailure.Object => PluginError.Object,
        BpfFailure.Verifier => PluginError.Verifier,
        BpfFailure.Unsupported => PluginError.Unsupported,
        BpfFailure.Permission => PluginError.Permission,
        _ => PluginError.Kernel,
    };
}
