using EbpfAgent.Polling;
using Microsoft.Extensions.Time.Testing;

namespace EbpfAgent.Tests.Polling;

public sealed class PollScheduleTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_poll_that_takes_no_time_is_followed_by_a_whole_interval()
    {
        Assert.Equal(TimeSpan.FromSeconds(5), Schedule().UntilNext());
    }

    [Fact]
    public void The_time_that_a_poll_takes_does_not_move_the_next_one()
    {
        PollSchedule schedule = Schedule();
        for (int i = 0; i < 1000; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(700));
            TimeSpan wait = schedule.UntilNext();
            Assert.Equal(TimeSpan.FromMilliseconds(4300), wait);
            _time.Advance(wait);
        }
    }

    [Fact]
    public void A_poll_longer_than_the_interval_misses_points_and_keeps_to_the_grid()
    {
        PollSchedule schedule = Schedule();
        _time.Advance(TimeSpan.FromSeconds(12));
        Assert.Equal(TimeSpan.FromSeconds(3), schedule.UntilNext());
    }

    [Fact]
    public void A_timer_that_fires_early_does_not_bring_a_second_poll()
    {
        PollSchedule schedule = Schedule();
        _time.Advance(schedule.UntilNext() - TimeSpan.FromMicroseconds(200));
        Assert.Equal(TimeSpan.FromSeconds(5) + TimeSpan.FromMicroseconds(200), schedule.UntilNext());
    }

    [Fact]
    public void Setting_the_clock_moves_nothing()
    {
        var clock = new SteppedClock();
        var schedule = new PollSchedule(TimeSpan.FromSeconds(5), clock);
        clock.Now = DateTimeOffset.UnixEpoch.AddDays(-400);
        Assert.Equal(TimeSpan.FromSeconds(5), schedule.UntilNext());
    }

    private PollSchedule Schedule() => new(TimeSpan.FromSeconds(5), _time);

    // The host's clock, which can be set, apart from its monotonic one, which stands still here.
    private sealed class SteppedClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch.AddYears(50);

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => 1_000;
    }
}
