using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using EbpfAgent.Lifecycle;
using Microsoft.Extensions.Time.Testing;

namespace EbpfAgent.Tests.Lifecycle;

public sealed class ContextCensusTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ContextCensus _census;
    private object? _held;

    public ContextCensusTests() => _census = new ContextCensus(_time);

    [Fact]
    public void None_are_there_at_first()
    {
        _census.Collect();
        Assert.Equal(0, _census.Count);
    }

    [Fact]
    public void One_that_nobody_holds_is_collected_soon()
    {
        AddAndDrop();
        for (int i = 0; i < 4 && _census.Count > 0; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(3));
            _census.Collect();
        }

        Assert.Equal(0, _census.Count);
    }

    [Fact]
    public void One_that_somebody_holds_is_counted_until_it_is_let_go_of()
    {
        AddAndHold();
        AddAndDrop();
        for (int i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(3));
            _census.Collect();
        }

        Assert.Equal(1, _census.Count);
        Assert.NotNull(_held);
        _held = null;
        _time.Advance(TimeSpan.FromMinutes(3));
        _census.Collect();
        Assert.Equal(0, _census.Count);
    }

    // Methods of their own: a frame of this build keeps what a call in it has returned.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddAndDrop() => AddOne();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddAndHold() => _held = AddOne();

    // An object whose type is the context's own: what a thread or a timer of the plugin's would hold.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private object AddOne()
    {
        var context = new AssemblyLoadContext("test", isCollectible: true);
        using var image = new MemoryStream(Support.Fixture.Read("Good.dll"));
        object made = Activator.CreateInstance(context.LoadFromStream(image).GetExportedTypes().First(static type => type is { IsClass: true, IsAbstract: false }))!;
        _census.Add(context);
        context.Unload();
        return made;
    }
}
