using EbpfAgent.Host;
using EbpfAgent.Lifecycle;
using EbpfAgent.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace EbpfAgent.Tests.Host;

/// <summary>The look-ups over the machine that runs the tests, with a clock that stands still unless it is moved.</summary>
public abstract class HostTest : KernelTest
{
    private readonly FakeTimeProvider _time = new();

    private protected HostTest() => Machine = new LinuxHost("/", _time, Files);

    private protected static FileCalls Files { get; } = new();

    private protected LinuxHost Machine { get; }

    private protected void Pass(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));
}
