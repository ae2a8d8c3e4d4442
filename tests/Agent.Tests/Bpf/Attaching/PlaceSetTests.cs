using EbpfAgent.Bpf;
using EbpfAgent.Bpf.Attaching;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Tests.Bpf.Attaching;

/// <summary>Places that come and go, without a kernel.</summary>
public sealed class PlaceSetTests
{
    private static readonly Place First = new("interface 'a'", 1), Second = new("interface 'b'", 2), Gone = new("interface 'c'", Place.Absent);

    private readonly FakePlaces _places = new();

    [Fact]
    public void What_is_there_is_attached_to_and_what_is_not_is_waited_for()
    {
        using PlaceSet set = Make(First, Gone);
        Assert.Equal([First], _places.Attached);
        Assert.Equal(["a.bpf.o: program 'p' (xdp) waits for interface 'c', which is not there"], set.Pending);
        set.Dispose();
        Assert.Empty(_places.Attached);
    }

    [Fact]
    public void Nothing_happens_while_nothing_changes()
    {
        using PlaceSet set = Make(First, Gone);
        IReadOnlyList<string> pending = set.Pending;
        for (int i = 0; i < 3; i++) Maintain(set);
        Assert.Equal(1, _places.Calls);
        Assert.Same(pending, set.Pending);
    }

    [Fact]
    public void One_that_refuses_at_first_fails_it_all_and_leaves_nothing()
    {
        _places.Refused = Second;
        Assert.Throws<BpfException>(() => Make(First, Second));
        Assert.Empty(_places.Attached);
    }

    [Fact]
    public void One_that_refuses_later_is_said_and_tried_again()
    {
        using PlaceSet set = Make(First);
        _places.Refused = Second;
        _places.Wanted = [First, Second];
        Maintain(set);
        Assert.Equal(["refused"], set.Pending);
        Maintain(set);
        Assert.Equal(3, _places.Calls);
        _places.Refused = null;
        Maintain(set);
        Assert.Empty(set.Pending);
        Assert.Equal([First, Second], _places.Attached);
    }

    [Fact]
    public void One_that_comes_back_under_another_number_is_let_go_and_attached_to()
    {
        using PlaceSet set = Make(First);
        _places.Wanted = [First with { Index = 9 }];
        Maintain(set);
        Assert.Equal([First with { Index = 9 }], _places.Attached);
    }

    [Fact]
    public void One_that_somebody_removed_is_put_back()
    {
        using PlaceSet set = Make(First);
        _places.Removed = First;
        set.LetGo();
        Assert.Empty(_places.Attached);
        set.Reach();
        Assert.Equal([First], _places.Attached);
    }

    [Fact]
    public void Another_version_may_want_other_places()
    {
        using PlaceSet set = Make(First, Second);
        var next = new FakePlaces { Wanted = [Second] };
        set.Follow(new PlaceTarget(next), Context);
        Maintain(set);
        Assert.Equal([Second], _places.Attached);
        Assert.Equal(0, next.Calls);
    }

    [Fact]
    public void The_same_place_named_twice_is_one()
    {
        using PlaceSet set = Make(First, First);
        Assert.Equal([First], _places.Attached);
    }

    private static AttachContext Context => new("a.bpf.o", new AttachedProgram("xdp", "p", new BpfProgramHandle(-1), new SectionTarget(), null, null), new KernelFacts("6.1.0", true, 0));

    private PlaceSet Make(params Place[] wanted)
    {
        _places.Wanted = wanted;
        return new PlaceSet(_places, Context, new BpfProgramHandle(-1));
    }

    private static void Maintain(PlaceSet set)
    {
        set.LetGo();
        set.Reach();
    }

    private sealed class FakePlaces : IPlaces
    {
        public IReadOnlyList<Place> Wanted { get; set; } = [];

        public List<Place> Attached { get; } = [];

        public Place? Refused { get; set; }

        public Place? Removed { get; set; }

        public int Calls { get; private set; }

        public string Identity => "";

        public bool IsExclusive => false;

        public IReadOnlyList<Place> Now() => Wanted;

        public IHeldPlace Attach(Place place, AttachContext context, BpfProgramHandle runs)
        {
            Calls++;
            if (place == Refused) throw BpfException.With(BpfFailure.Other, "refused");
            Attached.Add(place);
            return new Held(this, place);
        }

        private sealed class Held(FakePlaces places, Place place) : IHeldPlace
        {
            public bool IsThere => places.Removed != place;

            public void Dispose()
            {
                places.Attached.Remove(place);
                if (places.Removed == place) places.Removed = null;
            }
        }
    }
}
