using EbpfAgent.Host;
using Microsoft.Extensions.Time.Testing;

namespace EbpfAgent.Tests.Host;

public sealed class RefreshedNamesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RefreshedNames<int> _names;
    private Dictionary<int, string>? _host = [];
    private TimeSpan _work;
    private int _readings;

    public RefreshedNamesTests() => _names = new RefreshedNames<int>(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1), _time, Read);

    [Fact]
    public void Nothing_is_read_before_it_is_asked_for() => Assert.Equal(0, _readings);

    [Fact]
    public void Unknown_numbers_cost_one_reading_a_second()
    {
        for (int i = 0; i < 10; i++)
        {
            for (int number = 0; number < 100; number++) Assert.Null(_names.Find(number));
            _time.Advance(TimeSpan.FromSeconds(0.5));
        }

        Assert.Equal(5, _readings);
    }

    [Fact]
    public void Known_and_gone_numbers_cost_one_reading_a_minute()
    {
        _host = new() { [1] = "one", [2] = "two" };
        Assert.Equal("one", _names.Find(1));
        _host = new() { [1] = "one" };
        for (int second = 0; second < 180; second++)
        {
            Assert.Equal("one", _names.Find(1));
            Assert.Equal("two", _names.Find(2));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(3, _readings);
    }

    [Fact]
    public void A_reading_that_takes_long_is_followed_by_ten_times_as_long_a_pause()
    {
        _work = TimeSpan.FromSeconds(2);
        Assert.Null(_names.Find(1));
        _time.Advance(TimeSpan.FromSeconds(19.9));
        Assert.Null(_names.Find(1));
        Assert.Equal(1, _readings);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Null(_names.Find(1));

        Assert.Equal(2, _readings);
    }

    [Fact]
    public void A_reading_without_news_leaves_all_as_it_was()
    {
        _host = new() { [1] = "one" };
        Assert.Equal("one", _names.Find(1));
        _host = null;
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("one", _names.Find(1));
        Assert.Equal(2, _readings);
    }

    [Fact]
    public void Of_what_is_gone_the_oldest_are_forgotten()
    {
        for (int i = 0; i <= RefreshedNames<int>.GoneCapacity + 1; i++)
        {
            _host = new() { [i] = $"name {i}" };
            Assert.Equal($"name {i}", _names.Find(i));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Null(_names.Find(0));
        Assert.Equal("name 1", _names.Find(1));
    }

    [Fact]
    public void What_comes_and_goes_for_ever_takes_no_more_room()
    {
        for (int i = 0; i < RefreshedNames<int>.GoneCapacity * 3; i++)
        {
            _host = i % 2 == 0 ? new() { [1] = "one" } : [];
            _time.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal("one", _names.Find(1));
        }
    }

    [Fact]
    public void What_exists_leaves_out_what_is_gone_and_is_never_changed()
    {
        _host = new() { [1] = "one", [2] = "two" };
        IReadOnlyDictionary<int, string> before = _names.Existing();
        _host = new() { [2] = "two" };
        Assert.Equal(2, _names.Existing().Count);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([2], _names.Existing().Keys);
        Assert.Equal("one", _names.Find(1));
        Assert.Equal(2, before.Count);
    }

    private Dictionary<int, string>? Read()
    {
        _readings++;
        _time.Advance(_work);
        return _host;
    }
}
