using System.Diagnostics;
using EbpfAgent.Survival;

namespace EbpfAgent.Tests.Survival;

public sealed class PluginClaimTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_second_agent_is_told_who_holds_the_plugin_and_what_to_do()
    {
        using PluginClaim first = _folder.Claim("Disk");
        string message = Assert.Throws<SurvivalException>(() => PluginClaim.Take(_folder.State, "Disk", _folder.Pins, "/other.json")).Message;
        Assert.Equal(
            $"plugin 'Disk' survives in {_folder.Pins}/Disk and is held by process {Environment.ProcessId} (config {TestFolder.Configuration}); "
            + "stop that agent, or give this one another pinFolder and stateFolder",
            message);
        using PluginClaim other = _folder.Claim("Queue");
        Assert.Equal(("Queue", Path.Combine(_folder.Pins, "Queue")), (other.Plugin, other.Pins));
    }

    [Fact]
    public void One_that_was_let_go_of_can_be_taken_and_leaves_no_file()
    {
        _folder.Claim("Acme.Disk").Dispose();
        Assert.Empty(_folder.Files);
        using PluginClaim again = _folder.Claim("Acme.Disk");
        Assert.Equal(["Acme%2EDisk.holder", "Acme%2EDisk.lock"], _folder.Files);
        Assert.Equal(Path.Combine(_folder.Pins, "Acme%2EDisk"), again.Pins);
    }

    [Fact]
    public async Task Another_process_that_holds_it_is_respected_until_it_is_killed()
    {
        string path = _folder.State.Lock("Disk");
        File.WriteAllText(_folder.State.Holder("Disk"), "1234\n/etc/other.json\n");
        using Process holder = await HoldAsync(path);
        Assert.Null(PluginClaim.TryTake(_folder.State, "Disk", _folder.Pins, TestFolder.Configuration, out string who));
        Assert.Equal("process 1234 (config /etc/other.json)", who);

        holder.Kill();
        await holder.WaitForExitAsync(TestContext.Current.CancellationToken);
        using PluginClaim claim = _folder.Claim("Disk");
        Assert.Equal($"{Environment.ProcessId}\n{TestFolder.Configuration}\n", File.ReadAllText(_folder.State.Holder("Disk")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1234")]
    [InlineData("1234\n")]
    [InlineData("-5\n/etc/a.json\n")]
    [InlineData("x\n/etc/a.json\n")]
    public async Task A_holder_whose_note_says_nothing_is_another_process(string note)
    {
        using Process holder = await HoldAsync(_folder.State.Lock("Disk"));
        File.WriteAllText(_folder.State.Holder("Disk"), note);
        Assert.Null(PluginClaim.TryTake(_folder.State, "Disk", _folder.Pins, TestFolder.Configuration, out string who));
        Assert.Equal("another process", who);
        File.Delete(_folder.State.Holder("Disk"));
        Assert.Null(PluginClaim.TryTake(_folder.State, "Disk", _folder.Pins, TestFolder.Configuration, out who));
        Assert.Equal("another process", who);
        holder.Kill();
    }

    [Fact]
    public async Task A_long_or_hostile_note_does_not_get_into_the_message()
    {
        using Process holder = await HoldAsync(_folder.State.Lock("Disk"));
        File.WriteAllText(_folder.State.Holder("Disk"), "1234\n/etc/\u001b[31m\n");
        Assert.Null(PluginClaim.TryTake(_folder.State, "Disk", _folder.Pins, TestFolder.Configuration, out string who));
        Assert.Equal("process 1234", who);
        File.WriteAllText(_folder.State.Holder("Disk"), "1234\n" + new string('x', 100_000));
        Assert.Null(PluginClaim.TryTake(_folder.State, "Disk", _folder.Pins, TestFolder.Configuration, out who));
        Assert.Equal("another process", who);
        holder.Kill();
    }

    /// <summary>Locks are taken and removed by many at once; at no time have two of them the same one.</summary>
    [Fact]
    public void However_many_fight_for_it_one_has_it()
    {
        int inside = 0, taken = 0, met = 0;
        Parallel.For(0, 4, _ =>
        {
            for (int i = 0; i < 600; i++)
            {
                using PluginClaim? claim = PluginClaim.TryTake(_folder.State, "Disk", _folder.Pins, TestFolder.Configuration, out string who);
                if (claim is null) continue;
                if (Interlocked.Increment(ref inside) != 1) Interlocked.Increment(ref met);
                Interlocked.Increment(ref taken);
                Thread.Yield();
                Interlocked.Decrement(ref inside);
            }
        });
        Assert.Equal(0, met);
        Assert.NotEqual(0, taken);
    }

    [Fact]
    public void What_cannot_be_locked_is_an_error_with_its_cause()
    {
        Directory.CreateDirectory(_folder.State.Lock("Disk"));
        string message = Assert.Throws<SurvivalException>(() => _folder.Claim("Disk")).Message;
        Assert.StartsWith($"{_folder.State.Lock("Disk")} can't be locked: ", message, StringComparison.Ordinal);
        Assert.EndsWith("; run the agent as root, or set stateFolder to a folder that it may write", message, StringComparison.Ordinal);
    }

    // Without a child, which would keep the lock when its parent is killed.
    private static async Task<Process> HoldAsync(string path)
    {
        var process = Process.Start(new ProcessStartInfo("flock", ["--no-fork", path, "sh", "-c", "echo held; exec sleep 60"]) { RedirectStandardOutput = true })!;
        Assert.Equal("held", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        return process;
    }
}
