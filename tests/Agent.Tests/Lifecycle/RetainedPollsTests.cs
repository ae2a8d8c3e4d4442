using EbpfAgent.Lifecycle;
using EbpfAgent.Series;
using Microsoft.Extensions.Time.Testing;

namespace EbpfAgent.Tests.Lifecycle;

public sealed class RetainedPollsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Predecessor _unloaded = Predecessor.Unloaded(new FakeRunning(new FamilyRegistry(), TimeProvider.System).Plugin);
    private readonly RetainedPolls _retained;

    public RetainedPollsTests() => _retained = new RetainedPolls(_time);

    [Fact]
    public void Nothing_is_remembered_at_first()
    {
        Assert.False(_retained.Expire());
        Assert.Null(_retained.Kept);
    }

    [Fact]
    public void What_is_kept_is_there_for_a_minute()
    {
        _retained.Keep(_unloaded);
        _time.Advance(RetainedPolls.Lifetime);
        Assert.True(_retained.Expire());
        Assert.Same(_unloaded, _retained.Kept);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.False(_retained.Expire());
        Assert.Null(_retained.Kept);
    }

    [Fact]
    public void To_look_at_it_makes_it_last_no_longer()
    {
        _retained.Keep(_unloaded);
        for (int second = 0; second <= 60; second++)
        {
            Assert.NotNull(_retained.Kept);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Null(_retained.Kept);
    }

    [Fact]
    public void It_is_forgotten_when_something_has_gone_on_from_it()
    {
        _retained.Keep(_unloaded);
        _retained.Forget();
        Assert.Null(_retained.Kept);
        Assert.False(_retained.Expire());
    }

    [Fact]
    public void What_is_kept_later_begins_its_own_minute()
    {
        _retained.Keep(new Predecessor([]));
        _time.Advance(TimeSpan.FromSeconds(50));
        _retained.Keep(_unloaded);
        _time.Advance(TimeSpan.FromSeconds(50));
        Assert.Same(_unloaded, _retained.Kept);
    }
}
