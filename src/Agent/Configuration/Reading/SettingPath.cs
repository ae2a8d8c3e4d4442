using System.Buffers;

namespace EbpfAgent.Configuration.Reading;

/// <summary>Spells the path of a setting: <c>plugins.DiskLatency.interval</c>, <c>metrics[0].map</c>, <c>plugins["a.b"]</c>.</summary>
internal static class SettingPath
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    private static readonly SearchValues<char> Plain = SearchValues.Create($"{Letters}0123456789_-$");

    /// <summary>The path of a key of the object at <paramref name="parent"/>.</summary>
    public static string Member(string parent, string name)
    {
        bool plain = name.Length is > 0 and <= Quoted.MaxLength && !name.AsSpan().ContainsAnyExcept(Plain);
        if (!plain)
            return $"{parent}[{Quoted.Text(name)}]";
        return parent.Length == 0 ? name : $"{parent}.{name}";
    }

    /// <summary>The path of an item of the list at <paramref name="parent"/>; indices begin at 0.</summary>
    public static string Item(string parent, int index) => $"{parent}[{index}]";
}
