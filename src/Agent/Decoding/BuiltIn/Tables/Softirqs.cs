namespace EbpfAgent.Decoding.BuiltIn.Tables;

/// <summary>Software interrupts, as <c>/proc/softirqs</c> names them. Source: <c>include/linux/interrupt.h</c>.</summary>
internal static class Softirqs
{
    public static NumberNames Names { get; } = new(new()
    {
        [0] = "HI TIMER NET_TX NET_RX BLOCK IRQ_POLL TASKLET SCHED HRTIMER RCU",
    });
}
