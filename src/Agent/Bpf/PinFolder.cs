using System.Runtime.InteropServices;
using EbpfAgent.Bpf.Native;

namespace EbpfAgent.Bpf;

/// <summary>
/// A folder of bpffs that holds the pins of one object. It is made beside its place and moved there whole, so that what has the folder's name is complete, whenever the agent was
/// killed.
/// </summary>
internal static class PinFolder
{
    private const uint OwnerOnly = 0b111_000_000;

    // Dots are not allowed in names there.
    private const string UnfinishedSuffix = "-new";

    /// <summary>Fills a new folder and puts it into the place of the old one, if there is one.</summary>
    /// <exception cref="BpfException">The kernel refused a pin; the old folder is as it was.</exception>
    public static void Replace(string folder, Action<string> fill)
    {
        string unfinished = folder + UnfinishedSuffix;
        RemoveOne(unfinished);
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        if (LibC.MakeFolder(unfinished, OwnerOnly) < 0) throw Failed($"can't make the folder {unfinished}");
        try
        {
            fill(unfinished);
            if (!Directory.Exists(folder))
            {
                if (LibC.Rename(unfinished, folder) < 0) throw Failed($"can't rename {unfinished}");
                return;
            }

            if (LibC.Exchange(unfinished, folder) < 0) throw Failed($"can't put {unfinished} into the place of {folder}");
        }
        catch
        {
            RemoveOne(unfinished);
            throw;
        }

        RemoveOne(unfinished);
    }

    /// <summary>Removes a folder with its pins, finished or not: what nobody else holds ends. Nothing happens where there is none.</summary>
    public static void Remove(string folder)
    {
        RemoveOne(folder);
        RemoveOne(folder + UnfinishedSuffix);
    }

    public static void Pin(int fd, string path, string what)
    {
        int result = LibBpf.Pin(fd, path);
        if (result < 0) throw BpfException.Of($"can't pin {what} as {path}", result);
    }

    private static void RemoveOne(string folder)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private static BpfException Failed(string operation) => BpfException.Of(operation, Marshal.GetLastPInvokeError());
}
