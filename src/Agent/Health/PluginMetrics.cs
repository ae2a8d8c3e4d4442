using EbpfAgent.Bpf;
using EbpfAgent.Lifecycle;
using EbpfAgent.Polling;
using EbpfAgent.Series;
using Prometheus;

namespace EbpfAgent.Health;

/// <summary>What the agent says of each plugin. Filled from the supervisors just before each exposition.</summary>
internal sealed class PluginMetrics
{
    private static readonly DropReason[] Reasons = Enum.GetValues<DropReason>();

    private static readonly (BreakerState State, string Name)[] BreakerStates = [(BreakerState.Closed, "closed"), (BreakerState.HalfOpen, "half_open"), (BreakerState.Open, "open")];

    private static readonly string[] States = [.. Enum.GetNames<PluginState>().Select(Lower)];

    private readonly Gauge _up;
    private readonly Gauge _state;
    private readonly Gauge _lastError;
    private readonly Gauge _age;
    private readonly Gauge _pollDuration;
    private readonly Counter _polls;
    private readonly Counter _pollFailures;
    private readonly Counter _pollingTime;
    private readonly Counter _decodingTime;
    private readonly Gauge _mapMemory;
    private readonly Gauge _series;
    private readonly Counter _dropped;
    private readonly Gauge _entries;
    private readonly Gauge _capacity;
    private readonly Counter _failedInserts;
    private readonly Counter _lostEvents;
    private readonly Gauge _unsupported;
    private readonly Gauge _pending;
    private readonly Counter _runs;
    private readonly Counter _runTime;
    private readonly Counter _misses;
    private readonly Gauge _lastSuccess;
    private readonly Gauge _fill;
    private readonly Counter _droppedObservations;
    private readonly Counter _reloads;
    private readonly Counter _retries;
    private readonly Gauge _breaker;
    private readonly StaleMetrics _stale;

    public PluginMetrics(IMetricFactory metrics)
    {
        _up = metrics.CreateGauge("ebpf_agent_plugin_up", "1 if the plugin is running and its last poll was kept, else 0.", ["plugin"]);
        _state = metrics.CreateGauge("ebpf_agent_plugin_state", "1 for the state that the plugin is in, 0 for the others.", ["plugin", "state"]);
        _lastError = metrics.CreateGauge("ebpf_agent_plugin_last_error", "1 for the class of the plugin's last error, if it ever had one.", ["plugin", "error"]);
        _age = metrics.CreateGauge("ebpf_agent_plugin_data_age_seconds", "Time since the begin of the last poll that was kept.", ["plugin"]);
        _pollDuration = metrics.CreateGauge("ebpf_agent_plugin_poll_duration_seconds", "How long the last poll took.", ["plugin"]);
        _polls = metrics.CreateCounter("ebpf_agent_plugin_polls_total", "Polls, with those that failed.", ["plugin"]);
        _pollFailures = metrics.CreateCounter("ebpf_agent_plugin_poll_failures_total", "Polls that were thrown away, because a map could not be read to its end.", ["plugin"]);
        _pollingTime = metrics.CreateCounter("ebpf_agent_plugin_polling_seconds_total", "Time spent polling, decoding included.", ["plugin"]);
        _decodingTime = metrics.CreateCounter("ebpf_agent_plugin_decoding_seconds_total", "Time spent in the plugin's decoders.", ["plugin"]);
        _mapMemory = metrics.CreateGauge("ebpf_agent_plugin_map_memory_bytes", "Kernel memory of the plugin's maps, over all possible CPUs.", ["plugin"]);
        _series = metrics.CreateGauge("ebpf_agent_metric_series", "Label sets of a metric.", ["plugin", "metric"]);
        _dropped = metrics.CreateCounter("ebpf_agent_metric_dropped_keys_total", "Map keys that got no series, by reason; one that failed to decode is tried again now and then, and counted again.", ["plugin", "metric", "reason"]);
        _entries = metrics.CreateGauge("ebpf_agent_map_entries", "Entries in a polled map at the last poll.", ["plugin", "map"]);
        _capacity = metrics.CreateGauge("ebpf_agent_map_capacity", "The most entries that a polled map can hold.", ["plugin", "map"]);
        _failedInserts = metrics.CreateCounter("ebpf_agent_map_failed_inserts_total", "Observations that the kernel could not place, because the map was full.", ["plugin", "map"]);
        _lostEvents = metrics.CreateCounter("ebpf_agent_map_lost_events_total", "Events of a ring buffer or perf buffer that are in no count: the buffer had no room for them (where that is known), they had another size, or there were too many different ones.", ["plugin", "map", "reason"]);
        _unsupported = metrics.CreateGauge("ebpf_agent_program_unsupported", "1 for an optional program that this kernel can't run; the rest of its plugin runs without it.", ["plugin", "program"]);
        _pending = metrics.CreateGauge("ebpf_agent_plugin_pending_places", "Places that programs are to be attached to and are not: network interfaces that have not come, or that refused.", ["plugin"]);
        _runs = metrics.CreateCounter("ebpf_agent_program_runs_total", "Runs of a BPF program; counted while the kernel's run-time statistics are on.", ["plugin", "program"]);
        _runTime = metrics.CreateCounter("ebpf_agent_program_run_seconds_total", "Time spent in a BPF program; counted while the kernel's run-time statistics are on.", ["plugin", "program"]);
        _lastSuccess = metrics.CreateGauge("ebpf_agent_plugin_last_success_timestamp_seconds", "When the last poll that was kept began, in seconds since 1970.", ["plugin"]);
        _fill = metrics.CreateGauge("ebpf_agent_map_fill_ratio", "Entries of a polled map by the most that it can hold.", ["plugin", "map"]);
        _droppedObservations = metrics.CreateCounter("ebpf_agent_metric_dropped_observations_total", "Events that are in no series, by reason.", ["plugin", "metric", "reason"]);
        _reloads = metrics.CreateCounter("ebpf_agent_plugin_loads_total", "Versions of a plugin by what became of them: the first that was loaded, one that has replaced another, or one that could not run.", ["plugin", "result"]);
        _retries = metrics.CreateCounter("ebpf_agent_plugin_load_retries_total", "Further attempts to load a version that had failed.", ["plugin"]);
        _breaker = metrics.CreateGauge("ebpf_agent_plugin_breaker_state", "1 for the state of the breaker that leaves a plugin alone which fails again and again, 0 for the others.", ["plugin", "state"]);
        _misses = metrics.CreateCounter("ebpf_agent_program_recursion_misses_total", "Events that a BPF program missed, because it was running on that CPU already.", ["plugin", "program"]);
        _stale = new StaleMetrics(
            _up, _state, _lastError, _age, _lastSuccess, _pollDuration, _polls, _pollFailures, _pollingTime, _decodingTime, _mapMemory, _reloads, _retries, _breaker,
            _series, _dropped, _droppedObservations, _entries, _capacity, _fill, _failedInserts, _lostEvents, _unsupported, _pending, _runs, _runTime, _misses);
    }

    public void Update(IPlugins plugins)
    {
        foreach (PluginSupervisor plugin in plugins.Supervisors) Update(plugin);
        _stale.Remove(plugins.Supervisors);
    }

    private void Update(PluginSupervisor plugin)
    {
        PluginStatus status = plugin.Status;
        PollRecord.Snapshot record = plugin.Polls.Read();
        _up.WithLabels(plugin.Name).Set(status.Running is not null && !plugin.PollsFail ? 1 : 0);
        string current = Lower(status.State.ToString());
        foreach (string one in States) _state.WithLabels(plugin.Name, one).Set(one == current ? 1 : 0);
        foreach (PluginError error in Enum.GetValues<PluginError>())
        {
            if (error == status.Error) _lastError.WithLabels(plugin.Name, Lower(error.ToString())).Set(1);
            else _lastError.RemoveLabelled(plugin.Name, Lower(error.ToString()));
        }

        if (record.Age is not null) _lastSuccess.WithLabels(plugin.Name).Set(record.SucceededAt.ToUnixTimeMilliseconds() / 1000.0);
        // What is not exposed has no age: it would only grow.
        if (status.Running is not null && record.Age is { } since) _age.WithLabels(plugin.Name).Set(since.TotalSeconds);
        else _age.RemoveLabelled(plugin.Name);

        UpdateLoads(plugin);
        _pollDuration.WithLabels(plugin.Name).Set(record.LastDuration.TotalSeconds);
        _polls.WithLabels(plugin.Name).IncTo(record.Polls);
        _pollFailures.WithLabels(plugin.Name).IncTo(record.Failures);
        _pollingTime.WithLabels(plugin.Name).IncTo(record.TotalDuration.TotalSeconds);
        if (status.Running is { } running) Update(plugin.Name, running);
        else RemoveRunning(plugin.Name);
    }

    private void RemoveRunning(string plugin)
    {
        _mapMemory.RemoveLabelled(plugin);
        _pending.RemoveLabelled(plugin);
    }

    private void UpdateLoads(PluginSupervisor plugin)
    {
        _reloads.WithLabels(plugin.Name, "loaded").IncTo(plugin.Loads.Loads);
        _reloads.WithLabels(plugin.Name, "reloaded").IncTo(plugin.Loads.Reloads);
        _reloads.WithLabels(plugin.Name, "failed").IncTo(plugin.Loads.Failures);
        _retries.WithLabels(plugin.Name).IncTo(plugin.Loads.Retries);
        BreakerState breaker = plugin.Breaker;
        foreach ((BreakerState state, string name) in BreakerStates) _breaker.WithLabels(plugin.Name, name).Set(state == breaker ? 1 : 0);
    }

    private void Update(string plugin, RunningPlugin running)
    {
        _mapMemory.WithLabels(plugin).Set(running.MapMemory);
        _decodingTime.WithLabels(plugin).IncTo(running.Families.Sum(static family => family.DecodingTime.TotalSeconds));
        foreach (MetricFamily family in running.Families) Update(plugin, family);
        foreach (MapPoll poll in running.Polls) Update(plugin, poll);
        foreach (LoadedBpfProgram program in running.Object.Programs) Update(plugin, program);
        foreach ((string program, _) in running.Object.Unsupported) _unsupported.WithLabels(plugin, program).Set(1);
        _pending.WithLabels(plugin).Set(running.Object.Pending.Count);
    }

    private void Update(string plugin, MetricFamily family)
    {
        _series.WithLabels(plugin, family.Description.Name).Set(family.Series.Count);
        foreach (DropReason reason in Reasons)
        {
            _dropped.WithLabels(plugin, family.Description.Name, Words(reason)).IncTo(family.Drops[reason]);
            _droppedObservations.WithLabels(plugin, family.Description.Name, Words(reason)).IncTo(family.Drops.Observations(reason));
        }
    }

    private void Update(string plugin, MapPoll poll)
    {
        string map = poll.Map.Definition.Name;
        _entries.WithLabels(plugin, map).Set(poll.Entries);
        _capacity.WithLabels(plugin, map).Set(poll.Map.Definition.MaxEntries);
        _fill.WithLabels(plugin, map).Set(poll.Map.Definition.MaxEntries == 0 ? 0 : (double)poll.Entries / poll.Map.Definition.MaxEntries);
        if (poll.Losses is { } losses) Update(plugin, map, losses);
        if (poll.FailedInserts is { } failed) _failedInserts.WithLabels(plugin, map).IncTo(failed);
    }

    private void Update(string plugin, string map, EventLosses losses)
    {
        if (losses.NoRoom is { } noRoom) _lostEvents.WithLabels(plugin, map, "no_room").IncTo(noRoom);
        _lostEvents.WithLabels(plugin, map, "malformed").IncTo(losses.Malformed);
        _lostEvents.WithLabels(plugin, map, "overflow").IncTo(losses.Overflow);
    }

    private void Update(string plugin, LoadedBpfProgram program)
    {
        if (program.ReadStatistics() is not { } statistics) return;
        _runs.WithLabels(plugin, program.Name).IncTo(statistics.Runs);
        _runTime.WithLabels(plugin, program.Name).IncTo(statistics.RunTime.TotalSeconds);
        _misses.WithLabels(plugin, program.Name).IncTo(statistics.RecursionMisses);
    }

    private static string Words(DropReason reason) => reason switch
    {
        DropReason.Filtered => "filtered",
        DropReason.DecodeFailed => "decode_failed",
        _ => "series_limit",
    };

    // The states and errors are single words.
    private static string Lower(string word) => word.ToLowerInvariant();
}
