using System.Diagnostics;
using System.Globalization;
using EbpfAgent.Tests.Support;

namespace EbpfAgent.Tests.Programs;

/// <summary>A small program in C that is traced: it calls a function, and passes a USDT probe, as often as it is told.</summary>
internal static class Target
{
    // The note is what SystemTap's sys/sdt.h makes: its address, the base (none), the semaphore (none), provider, name, arguments. -8@ is a signed long in a register.
    private const string Source =
        """
        #include <stdio.h>
        #include <stdlib.h>
        #include <unistd.h>

        #define PROBE(amount) \
            __asm__ volatile("990: nop\n" \
                             ".pushsection .note.stapsdt,\"\",\"note\"\n" \
                             ".balign 4\n.4byte 992f-991f, 994f-993f, 3\n" \
                             "991: .asciz \"stapsdt\"\n992: .balign 4\n" \
                             "993: .8byte 990b\n.8byte _.stapsdt.base\n.8byte 0\n" \
                             ".asciz \"tests\"\n.asciz \"passed\"\n.asciz \"-8@%0\"\n" \
                             "994: .balign 4\n.popsection\n" \
                             ".ifndef _.stapsdt.base\n" \
                             ".pushsection .stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n" \
                             ".weak _.stapsdt.base\n.hidden _.stapsdt.base\n" \
                             "_.stapsdt.base: .space 1\n.size _.stapsdt.base,1\n.popsection\n.endif\n" \
                             : : "r"((long)(amount)))

        __attribute__((noinline, noipa)) long work(long amount)
        {
            PROBE(amount);
            return amount + 1;
        }

        /* The times to call, a line each; "done" after each. */
        int main(void)
        {
            char line[32];

            while (fgets(line, sizeof(line), stdin)) {
                for (long i = 0, times = atol(line); i < times; i++)
                    work(i);
                puts("done");
                fflush(stdout);
            }
            return 0;
        }
        """;

    private static readonly Lazy<string> Built = new(Build);

    /// <summary>The executable's path.</summary>
    public static string Path => Built.Value;

    /// <summary>Where a function begins in the file.</summary>
    public static ulong OffsetOf(string function)
    {
        // A position-independent executable whose first segment begins at 0: what nm shows is the offset where text is mapped one to one.
        string line = Shell.Run("nm", Path).Split('\n').Single(one => one.EndsWith($" {function}", StringComparison.Ordinal));
        return ulong.Parse(line.Split(' ')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    private static string Build()
    {
        string folder = Directory.CreateTempSubdirectory("ebpf-agent-target-").FullName;
        string executable = System.IO.Path.Combine(folder, "target");
        (int exitCode, string output) = Shell.RunWithInput(Source, "gcc", "-O1", "-g", "-x", "c", "-o", executable, "-");
        Assert.True(exitCode == 0, output);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return executable;
    }
}

/// <summary>A process of it.</summary>
internal sealed class TargetProcess : IDisposable
{
    private readonly Process _process = Process.Start(new ProcessStartInfo(Target.Path) { RedirectStandardInput = true, RedirectStandardOutput = true })!;

    public int Id => _process.Id;

    /// <summary>Returns when the calls have been made.</summary>
    public void Call(int times)
    {
        _process.StandardInput.WriteLine(times);
        _process.StandardInput.Flush();
        Assert.Equal("done", _process.StandardOutput.ReadLine());
    }

    /// <summary>Lets it return from main.</summary>
    public void End()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        End();
        _process.Dispose();
    }
}
