using EbpfAgent.Lifecycle;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.ExporterConfigurations;

/// <summary>Programs of configurations whose events the kernel makes: each bound is a lower one, for others make such events too. What can't attach here costs its own events.</summary>
public sealed class AttachmentTests : KernelTest
{
    private const int Calls = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public void A_raw_tracepoint_counts()
    {
        using PolledPlugin plugin = ExporterPlugin.LoadFixture("indep_live_timers");
        Assert.Empty(plugin.Running.Object.Unsupported);
        Assert.True(SpinWait.SpinUntil(() => plugin.Poll().Number("ebpf_exporter_timer_starts_seen_total") > 0, Patience));
    }

    [Fact]
    public void A_software_event_counts_that_the_section_names()
    {
        using PolledPlugin plugin = ExporterPlugin.LoadFixture("exporter_clock");
        Assert.Empty(plugin.Running.Object.Unsupported);
        Assert.True(SpinWait.SpinUntil(() => plugin.Poll().Number("ebpf_exporter_clock_ticks_total") > 0, Patience));
    }

    [Fact]
    public void A_function_of_a_library_counts_and_two_programs_that_have_no_place_are_named_and_left_out()
    {
        using PolledPlugin plugin = ExporterPlugin.LoadFixture("indep_allocations");
        Assert.Equal(["on_mark", "on_nothing"], plugin.Running.Object.Unsupported.Select(static one => one.Program).Order(StringComparer.Ordinal));
        for (int i = 0; i < Calls; i++) _ = GetPriority(0, 0);
        Scrape scrape = plugin.Poll();
        Assert.True(scrape.Number("ebpf_exporter_library_calls_total", ("group", "7")) >= Calls);
        Assert.Equal("0", scrape.Find("ebpf_exporter_interpreter_calls_total"));
    }

    [Fact]
    public void A_symbol_that_the_kernel_has_not_is_refused_by_name()
    {
        PluginException e = Assert.Throws<PluginException>(() => ExporterPlugin.LoadFixture("exporter_host"));
        Assert.Contains("'jiffies'", e.Message);
    }

    [System.Runtime.InteropServices.DllImport("libc.so.6", EntryPoint = "getpriority")]
    private static extern int GetPriority(int which, uint who);
}
