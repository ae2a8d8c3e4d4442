using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf.Attaching;

/// <summary>Places that one program is attached to and that come and go: interfaces, CPUs. Immutable.</summary>
internal interface IPlaces
{
    /// <summary>See <see cref="AttachTarget.Identity"/>; the names of the places are not part of it.</summary>
    string Identity { get; }

    /// <summary>See <see cref="AttachTarget.IsExclusive"/>.</summary>
    bool IsExclusive { get; }

    /// <summary>The places, those too that are not there at the moment. Called once a second.</summary>
    IReadOnlyList<Place> Now();

    /// <summary>Attaches a program to one that is there.</summary>
    /// <returns>What detaches it when it is disposed; nothing happens then where the place is gone.</returns>
    /// <exception cref="BpfException">The kernel refused.</exception>
    IHeldPlace Attach(Place place, AttachContext context, BpfProgramHandle runs);
}

/// <summary>A place.</summary>
/// <param name="Name">"interface 'eth0'", for messages.</param>
/// <param name="Index">The kernel's number for it, which is another when it comes back; <see cref="Absent"/> while it is not there.</param>
internal readonly record struct Place(string Name, int Index)
{
    public const int Absent = -1;
}

/// <summary>A place that a program is attached to.</summary>
internal interface IHeldPlace : IDisposable
{
    /// <summary>Whether it still is: somebody else may have removed it.</summary>
    bool IsThere { get; }
}

/// <summary>A place that lasts as long as a descriptor, which nobody else can end.</summary>
internal sealed class DescriptorPlace(BpfDescriptor descriptor) : IHeldPlace
{
    public bool IsThere => true;

    public void Dispose() => descriptor.Dispose();
}
