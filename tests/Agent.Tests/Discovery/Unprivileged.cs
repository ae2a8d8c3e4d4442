using System.Runtime.InteropServices;

namespace EbpfAgent.Tests.Discovery;

/// <summary>Does something as a user who may not read a folder. The tests may be run by root, to whom no folder is closed.</summary>
internal static partial class Unprivileged
{
    private const uint Nobody = 65534;

    public static T Run<T>(string closed, Func<T> work, UnixFileMode mode = UnixFileMode.None)
    {
        UnixFileMode before = File.GetUnixFileMode(closed);
        File.SetUnixFileMode(closed, mode);
        try
        {
            return RunAsNobody(work);
        }
        finally
        {
            File.SetUnixFileMode(closed, before);
        }
    }

    // Linux keeps this id per thread, and takes a thread's rights over files with it: hence a thread that ends with the work.
    private static T RunAsNobody<T>(Func<T> work)
    {
        T? result = default;
        Exception? thrown = null;
        var thread = new Thread(() =>
        {
            _ = SetFileSystemUser(Nobody);
            thrown = Record.Exception(() => { result = work(); });
        });
        thread.Start();
        thread.Join();
        Assert.Null(thrown);
        return result!;
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetFileSystemUser(uint user);
}
