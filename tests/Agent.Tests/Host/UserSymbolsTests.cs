using EbpfAgent.Host;

namespace EbpfAgent.Tests.Host;

public sealed class UserSymbolsTests : IDisposable
{
    private const uint Process = 42;

    private readonly FakeRoot _root = new();

    public UserSymbolsTests()
    {
        Maps(
            "00400000-00401000 r--p 00000000 fe:00 17                         /usr/bin/app",
            "00401000-00402000 r-xp 00001000 fe:00 17                         /usr/bin/app",
            "00402000-00403000 rw-p 00002000 fe:00 17                         /usr/bin/app",
            "00600000-00610000 r-xp 00000000 00:00 0 ",
            "00700000-00701000 r-xp 00000000 fe:00 18                         /opt/a b/lib.so (deleted)",
            "00800000-00801000 r-xp 00004000 fe:00 19                         /opt/new\\012line.so",
            "7ffc0000-7ffd0000 rwxp 00000000 00:00 0                          [stack]",
            "7fff0000-7fff1000 r-xp 00000000 00:00 0                          [vdso]",
            "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0          [vsyscall]");
        _root.Write("proc/42/root/usr/bin/app", Binary("main"));
    }

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData(0, null)]
    [InlineData(0x400010, null)]
    [InlineData(0x400fff, null)]
    [InlineData(0x401010, "main")]
    [InlineData(0x401017, "main")]
    [InlineData(0x401018, "app+0x1018")]
    [InlineData(0x401fff, "app+0x1fff")]
    [InlineData(0x402000, null)]
    [InlineData(0x600010, null)]
    [InlineData(0x700abc, "lib.so+0xabc")]
    [InlineData(0x800abc, "new\nline.so+0x4abc")]
    [InlineData(0x7ffc0010, null)]
    [InlineData(0x7fff09c0, "[vdso]+0x9c0")]
    [InlineData(0xffffffffff600400, "[vsyscall]+0x400")]
    [InlineData(ulong.MaxValue, null)]
    public void An_address_has_its_function_or_its_place_in_the_file(ulong address, string? name) => Assert.Equal(name, _root.Host.UserSymbol(Process, address));

    [Fact]
    public void The_mapped_file_counts_and_not_what_has_its_name_now()
    {
        _root.Write("proc/42/map_files/401000-402000", Binary("as_mapped"));
        _root.Write("proc/42/map_files/700000-701000", Binary("deleted", at: 0xabc));
        _root.Write("proc/42/root/opt/a b/lib.so", Binary("another", at: 0xabc));

        Assert.Equal("as_mapped", _root.Host.UserSymbol(Process, 0x401010));
        Assert.Equal("deleted", _root.Host.UserSymbol(Process, 0x700abc));
    }

    [Fact]
    public void A_deleted_file_is_not_taken_for_what_has_its_name_now()
    {
        _root.Write("proc/42/root/opt/a b/lib.so", Binary("another", at: 0xabc));

        Assert.Equal("lib.so+0xabc", _root.Host.UserSymbol(Process, 0x700abc));
    }

    [Fact]
    public void What_is_no_ordinary_file_is_not_opened()
    {
        _root.Delete("proc/42/root/usr/bin/app");
        _root.Folder("proc/42/root/usr/bin/app");
        Assert.Equal("app+0x1010", _root.Host.UserSymbol(Process, 0x401010));
        _root.Delete("proc/42/root/usr/bin/app");
        // To open a pipe would wait for its writer.
        using var pipe = System.Diagnostics.Process.Start("mkfifo", _root["proc/42/root/usr/bin/app"]);
        pipe.WaitForExit();

        Assert.Equal(0, pipe.ExitCode);
        Assert.Equal("app+0x1010", _root.Host.UserSymbol(Process, 0x401010));
    }

    [Fact]
    public void Mappings_are_read_again_after_five_seconds_and_those_of_an_ended_process_stay()
    {
        Assert.Equal("main", _root.Host.UserSymbol(Process, 0x401010));
        Maps("00501000-00502000 r-xp 00001000 fe:00 17 /usr/bin/app");
        _root.Pass(4.9);
        Assert.Equal("main", _root.Host.UserSymbol(Process, 0x401010));
        _root.Pass(0.1);
        Assert.Null(_root.Host.UserSymbol(Process, 0x401010));
        Assert.Equal("main", _root.Host.UserSymbol(Process, 0x501010));

        _root.Delete("proc/42");
        _root.Pass(60);
        Assert.Equal("main", _root.Host.UserSymbol(Process, 0x501010));
        Assert.Null(_root.Host.UserSymbol(43, 0x501010));
    }

    [Fact]
    public void A_binary_that_was_written_anew_is_read_anew()
    {
        Assert.Equal("main", _root.Host.UserSymbol(Process, 0x401010));
        _root.Write("proc/42/root/usr/bin/app", Binary("rebuilt"));
        File.SetLastWriteTimeUtc(_root["proc/42/root/usr/bin/app"], new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        _root.Pass(5);

        Assert.Equal("rebuilt", _root.Host.UserSymbol(Process, 0x401010));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00401000")]
    [InlineData("00401000-00402000")]
    [InlineData("00401000-00402000 r-x")]
    [InlineData("xyz-00402000 r-xp 00001000 fe:00 17 /usr/bin/app")]
    [InlineData("00401000-00402000 r-xp zz fe:00 17 /usr/bin/app")]
    [InlineData("00401000-00402000 r-xp 00001000 fe:00 17")]
    [InlineData("00401000-00402000 r-xp 00001000 fe:00 17 anon_inode:x")]
    public void What_is_no_mapping_of_code_is_left_out(string line)
    {
        Maps(line, "00900000-00901000 r-xp 00000000 fe:00 17 /usr/bin/other");

        Assert.Null(_root.Host.UserSymbol(Process, 0x401010));
        Assert.Equal("other+0x0", _root.Host.UserSymbol(Process, 0x900000));
    }

    [Fact]
    public void A_process_with_endless_mappings_has_the_first_of_them()
    {
        Maps([.. Enumerable.Range(1, 10_000).Select(static i => $"{i * 0x1000:x}-{(i * 0x1000) + 0x1000:x} r-xp 00000000 fe:00 17 /x")]);

        Assert.Equal("x+0x0", _root.Host.UserSymbol(Process, 1024 * 0x1000));
        Assert.Null(_root.Host.UserSymbol(Process, 1025 * 0x1000));
    }

    [Fact]
    public void Of_more_binaries_than_eight_the_oldest_are_read_again()
    {
        var files = new SymbolFiles();
        for (ulong inode = 0; inode < 9; inode++) files.Add(new FileIdentity(0, inode, 0, 0), ElfSymbols.None);

        Assert.Null(files.Find(new FileIdentity(0, 0, 0, 0)));
        Assert.NotNull(files.Find(new FileIdentity(0, 1, 0, 0)));
        // Asked for just now, so that it stays, and 2 goes.
        files.Add(new FileIdentity(0, 9, 0, 0), ElfSymbols.None);
        Assert.NotNull(files.Find(new FileIdentity(0, 1, 0, 0)));
        Assert.Null(files.Find(new FileIdentity(0, 2, 0, 0)));
        Assert.Null(files.Find(new FileIdentity(0, 1, 0, 1)));
    }

    private void Maps(params string[] lines) => _root.Write("proc/42/maps", string.Join('\n', lines) + "\n");

    private static byte[] Binary(string function, ulong at = 0x1010) =>
        new ElfBuilder().Segment(0, 0x10000, 0x2000).Table(ElfBuilder.AllSymbols, new Symbol(function, 0x10000 + at, 8)).Build();
}
