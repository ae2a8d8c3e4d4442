using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf.Attaching;

/// <summary>
/// The places that a program is attached to at the moment. Follows them as they come and go, when it is told to. Not safe for use by several threads.
/// </summary>
internal sealed class PlaceSet : Hold
{
    private readonly BpfProgramHandle _runs;
    private readonly Dictionary<Place, IHeldPlace> _held = [];
    private readonly List<string> _missing = [];
    private IPlaces _places;
    private AttachContext _context;
    private IReadOnlyList<string> _pending = [];

    /// <summary>Attaches to those that are there.</summary>
    /// <exception cref="BpfException">One of them refused; none is attached.</exception>
    public PlaceSet(IPlaces places, AttachContext context, BpfProgramHandle runs)
    {
        (_places, _context, _runs) = (places, context, runs);
        try
        {
            foreach (Place place in places.Now())
            {
                if (place.Index == Place.Absent) Note($"{context.Subject} waits for {place.Name}, which is not there");
                else if (!_held.ContainsKey(place)) _held.Add(place, places.Attach(place, context, runs));
            }
        }
        catch
        {
            Dispose();
            throw;
        }

        Publish();
    }

    public override IReadOnlyList<string> Pending => _pending;

    /// <summary>Where it is attached.</summary>
    public IReadOnlyCollection<Place> Held => _held.Keys;

    public override void Follow(AttachTarget target, AttachContext context)
    {
        if (target is not PlaceTarget { Places: var places }) return;
        (_places, _context) = (places, context);
    }

    public override void LetGo()
    {
        IReadOnlyList<Place> wanted = _places.Now();
        List<Place>? gone = null;
        foreach ((Place place, IHeldPlace held) in _held)
        {
            if (!wanted.Contains(place) || !held.IsThere) (gone ??= []).Add(place);
        }

        foreach (Place place in gone ?? [])
        {
            _held[place].Dispose();
            _held.Remove(place);
        }
    }

    public override void Reach()
    {
        foreach (Place place in _places.Now())
        {
            if (place.Index == Place.Absent) Note($"{_context.Subject} waits for {place.Name}, which is not there");
            else if (!_held.ContainsKey(place)) TryAttach(place);
        }

        Publish();
    }

    public override void Dispose()
    {
        foreach (IHeldPlace held in _held.Values) held.Dispose();
        _held.Clear();
    }

    private void TryAttach(Place place)
    {
        try
        {
            _held.Add(place, _places.Attach(place, _context, _runs));
        }
        catch (BpfException e)
        {
            Note(e.Message);
        }
    }

    private void Note(string text) => _missing.Add(text);

    // The same list while it says the same: who looks at it sees by the reference that nothing has changed.
    private void Publish()
    {
        if (!_pending.SequenceEqual(_missing)) _pending = [.. _missing];
        _missing.Clear();
    }
}
