using System.Collections;
using System.Reflection;
using EbpfAgent.Configuration;
using EbpfAgent.Discovery;
using EbpfAgent.Hosting.Commands;
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
               ebpf-agent check PLUGIN [--load] [--config FILE]
               ebpf-agent decode PLUGIN (--key HEX | --live [--seconds N]) [--metric NAME] [--config FILE]
               ebpf-agent cleanup [--config FILE]

          --config FILE   the configuration; default: agent.json beside this program
          --version       print the version
          --help          print this
          check           say what the agent would make of a plugin (its folder or file, or a folder of plugins), and what
                          is wrong with it; with --load, load and attach it for a moment as well. Exit status 1: a problem
          decode          show a key's fields, and the labels that the plugin makes of them: of a key that is given, as
                          bytes in hexadecimal, or of those that come while the plugin runs for a while (5 s)
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
        var left = new CommandArguments(arguments);
        string? command = arguments is ["check" or "decode" or "cleanup", ..] ? left.TakeOperand() : null;
        if (arguments is ["--help" or "-h"])
        {
            await output.WriteLineAsync(Usage);
            return Success;
        }

        if (arguments is ["--version"])
        {
            await output.WriteLineAsync($"ebpf-agent {Version}");
            return Success;
        }

        string? named = left.TakeValue("--config");
        string configuration = named ?? Path.Combine(AppContext.BaseDirectory, "agent.json");
        Func<AgentConfiguration, bool>? trial = command switch
        {
            "check" => Check(left, output, errors),
            "decode" => Decode(left, output, errors),
            _ => null,
        };
        if (!left.AreAllTaken || (command is "check" or "decode" && trial is null))
        {
            await errors.WriteLineAsync($"ebpf-agent: can't make sense of '{string.Join(' ', arguments)}'\n{Usage}");
            return WrongUsage;
        }

        try
        {
            // Before it is read: what is written in between is then a change.
            var file = new FileWatch(Path.GetFullPath(configuration), TimeProvider.System);
            AgentConfiguration settings = trial is not null && named is null && !File.Exists(configuration)
                ? AgentConfigurationLoader.Parse("{}"u8.ToArray(), configuration, Variables())
                : AgentConfigurationLoader.Load(configuration, Variables());
            if (trial is not null) return trial(settings) ? Success : Failure;
            if (command == "cleanup") return Cleanup.Run(settings.StateFolder, settings.PinFolder, output, errors);
            await new AgentHost(settings, file, TimeProvider.System).RunAsync();
            return Success;
        }
        catch (Exception e) when (e is ConfigurationException or StartException)
        {
            await errors.WriteLineAsync($"ebpf-agent: {e.Message}");
            return Failure;
        }
    }

    private static Func<AgentConfiguration, bool>? Check(CommandArguments arguments, TextWriter output, TextWriter errors)
    {
        bool load = arguments.TakeFlag("--load");
        return arguments.TakeOperand() is { } plugin ? settings => new CheckCommand(settings, output, errors).Run(plugin, load) : null;
    }

    private static Func<AgentConfiguration, bool>? Decode(CommandArguments arguments, TextWriter output, TextWriter errors)
    {
        string? metric = arguments.TakeValue("--metric");
        string? hexadecimal = arguments.TakeValue("--key");
        bool live = arguments.TakeFlag("--live");
        TimeSpan? seconds = CommandArguments.Seconds(arguments.TakeValue("--seconds") ?? "5");
        byte[]? key = hexadecimal is null ? null : CommandArguments.Bytes(hexadecimal);
        if (arguments.TakeOperand() is not { } plugin || live == (key is not null) || seconds is not { } duration) return null;
        return settings =>
        {
            var command = new DecodeCommand(settings, output, errors);
            return key is not null ? command.Decode(plugin, metric, key) : command.Live(plugin, metric, duration, Interrupted());
        };
    }

    // Ctrl-C ends the looking, and what was attached is detached.
    private static CancellationToken Interrupted()
    {
        var interrupted = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            interrupted.Cancel();
        };
        return interrupted.Token;
    }

    private static string Version =>
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>The environment, of which the configuration takes what is meant for it.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Variables() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(static entry => KeyValuePair.Create((string)entry.Key, (string?)entry.Value));
}
