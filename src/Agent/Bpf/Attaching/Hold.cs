using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf.Attaching;

/// <summary>What keeps a program attached. Disposing it detaches.</summary>
internal abstract class Hold : IDisposable
{
    /// <summary>The one link that it is, which can be pinned; null where it is several, or none.</summary>
    public virtual BpfLinkHandle? Link => null;

    /// <summary>Where it is to be attached and is not, each a sentence. Replaced as a whole when something changes.</summary>
    public virtual IReadOnlyList<string> Pending => [];

    /// <summary>Another version's program runs there now, which may want to be at other places: the next <see cref="LetGo"/> and <see cref="Reach"/> see to it.</summary>
    public virtual void Follow(AttachTarget target, AttachContext context)
    {
    }

    /// <summary>Lets go of places that are gone or no longer wanted. Cheap where there are none. Never throws for a place.</summary>
    public virtual void LetGo()
    {
    }

    /// <summary>Attaches at places that have come. Cheap where there are none. A place that refuses is in <see cref="Pending"/>, and is tried again at the next call.</summary>
    public virtual void Reach()
    {
    }

    public abstract void Dispose();
}

/// <summary>A link.</summary>
internal class LinkHold(BpfLinkHandle link) : Hold
{
    public override BpfLinkHandle Link { get; } = link;

    public override void Dispose()
    {
        Link.Dispose();
        GC.SuppressFinalize(this);
    }
}
