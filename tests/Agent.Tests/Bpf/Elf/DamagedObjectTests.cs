using EbpfAgent.Fuzz.Objects;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Bpf.Elf;

/// <summary>Objects with damage of every kind, opened by libbpf in processes that may die. <c>tests/Agent.Fuzz</c> does the same for as long as one likes.</summary>
public sealed class DamagedObjectTests
{
    private const int Count = 4000;

    [Fact]
    public void A_damaged_object_is_opened_or_refused_and_never_ends_the_process()
    {
        var fuzz = new ObjectFuzz(Fixture.Folder);

        IReadOnlyList<ObjectFailure> failures = fuzz.Run(first: 1, Count);

        Assert.Empty(failures);
        // Damage that is always found, or never, would show nothing.
        Assert.InRange(fuzz.Opened, Count / 10, Count / 2);
    }

    [Fact]
    public void A_process_that_dies_is_noticed_with_the_object_that_it_was_at()
    {
        using var empty = new TempFolder();

        ObjectFailure failure = Assert.Single(new ObjectFuzz(empty.Path).Run(first: 7, count: 1));

        Assert.Equal(7, failure.Number);
        Assert.Contains("ends the process", failure.What, StringComparison.Ordinal);
    }

    private sealed class TempFolder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ebpf-agent-test-");

        public string Path => _folder.FullName;

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
