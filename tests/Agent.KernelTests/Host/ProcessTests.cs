using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EbpfAgent.Tests.Host;

public sealed class ProcessTests : HostTest
{
    private static readonly uint Own = (uint)Environment.ProcessId;

    [Fact]
    public void User_0_is_root() => Assert.Equal("root", Machine.UserName(0));

    [Fact]
    public void A_process_has_its_name_and_keeps_it_when_it_has_ended()
    {
        Assert.Equal(File.ReadAllText("/proc/self/comm").TrimEnd('\n'), Machine.ProcessName(Own));
        using Process process = StartShell();
        Assert.Equal("sh", Machine.ProcessName((uint)process.Id));
        process.Kill();
        process.WaitForExit();
        Pass(10);
        Assert.Equal("sh", Machine.ProcessName((uint)process.Id));
    }

    /// <summary>The dynamic linker says where each is; the functions of libc have more names than one, and people use these.</summary>
    [Theory]
    [InlineData("malloc")]
    [InlineData("free")]
    [InlineData("getpid")]
    [InlineData("fopen")]
    [InlineData("qsort")]
    public void Functions_of_the_C_library_are_found_in_this_process(string name)
    {
        ulong address = (ulong)NativeLibrary.GetExport(NativeLibrary.Load("libc.so.6"), name);

        Assert.Equal(name, Machine.UserSymbol(Own, address));
        Assert.Equal(name, Machine.UserSymbol(Own, address + 1));
    }

    [Fact]
    public void Functions_of_another_process_are_found_too()
    {
        using Process process = StartShell();
        try
        {
            ulong mapped = Mapped(process.Id, "libc.so.6"), own = Mapped(Environment.ProcessId, "libc.so.6");
            ulong offset = (ulong)NativeLibrary.GetExport(NativeLibrary.Load("libc.so.6"), "malloc") - own;
            Assert.Equal("malloc", Machine.UserSymbol((uint)process.Id, mapped + offset));
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public void What_has_no_symbol_has_its_place_in_the_file_and_what_is_no_code_has_nothing()
    {
        ulong start = Mapped(Environment.ProcessId, "libc.so.6");

        Assert.Null(Machine.UserSymbol(Own, start));
        Assert.Null(Machine.UserSymbol(Own, 0));
        Assert.Null(Machine.UserSymbol(uint.MaxValue, start));
        Assert.Matches(@"^\[vdso\]\+0x[0-9a-f]+$", Machine.UserSymbol(Own, Mapped(Environment.ProcessId, "[vdso]") + 0x10));
    }

    /// <summary>A process that has come so far as to speak, and waits.</summary>
    private static Process StartShell()
    {
        Process process = Process.Start(new ProcessStartInfo("sh", ["-c", "echo ready; read line"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        return process;
    }

    // The first mapping of a file begins with its first byte.
    private static ulong Mapped(int process, string name) =>
        ulong.Parse(File.ReadLines($"/proc/{process}/maps").First(line => line.EndsWith(name, StringComparison.Ordinal)).Split('-')[0], System.Globalization.NumberStyles.HexNumber);
}
