using System.Collections;
using System.Reflection;
using EbpfAgent.Configuration;
using EbpfAgent.Discovery;
using EbpfAgent.Survival;

namespace EbpfAgent.Hosting;

/// <summary>The command line: which configuration, and what comes back to the shell.</summary>
internal static class CommandLine
{
    private const int Success = 0;
    private const int Failure = 1;
    private const int WrongUsage = 2;

    private const string Usage = """
        usage: ebpf-agent [--config FILE]
               ebpf-agent cleanup [--config FILE]

          --config FILE   the configuration; default: agent.json beside this program
          --version       print the version
          --help          print this
          cleanup         remove what plugins that survive the agent have left in the kernel and in stateFolder,
                          unless a running agent holds it

        Any setting can be overridden by an environment variable: EBPF_AGENT_LISTEN=127.0.0.1:8436,
        EBPF_AGENT_PLUGINS__DiskLatency__ENABLED=false.
        """;

    /// <summary>Runs the agent until it is told to stop, or cleans up after it.</summary>
    /// <returns>
    /// 0 after SIGTERM or SIGINT, 1 if it could not start or not clean up, 2 for a command line that it doesn't understand.
    /// </returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter errors)
    {
        string configuration = Path.Combine(AppContext.BaseDirectory, "agent.json");
        bool cleanup = arguments is ["cleanup", ..];
        switch (cleanup ? arguments[1..] : arguments)
        {
            case []:
                break;
            case ["--config", var file]:
                configuration = file;
                break;
            case ["--help" or "-h"]:
                await output.WriteLineAsync(Usage);
                return Success;
            case ["--version"]:
                await output.WriteLineAsync($"ebpf-agent {Version}");
                return Success;
            default:
                await errors.WriteLineAsync($"ebpf-agent: can't make sense of '{string.Join(' ', arguments)}'\n{Usage}");
                return WrongUsage;
        }

        try
        {
            // Before it is read: what is written in between is then a change.
            var file = new FileWatch(Path.GetFullPath(configuration), TimeProvider.System);
            AgentConfiguration settings = AgentConfigurationLoader.Load(configuration, Variables());
            if (cleanup) return Cleanup.Run(settings.StateFolder, settings.PinFolder, output, errors);
            await new AgentHost(settings, file, TimeProvider.System).RunAsync();
            return Success;
        }
        catch (Exception e) when (e is ConfigurationException or StartException)
        {
            await errors.WriteLineAsync($"ebpf-agent: {e.Message}");
            return Failure;
        }
    }

    private static string Version =>
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>The environment, of which the configuration takes what is meant for it.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Variables() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(static entry => KeyValuePair.Create((string)entry.Key, (string?)entry.Value));
}
