using EbpfAgent.Configuration.Reading;

namespace EbpfAgent.Configuration;

/// <summary>Reads a <c>limits</c> section: the agent's, over the defaults, and a plugin's, over the agent's.</summary>
internal static class LimitsBinder
{
    private static readonly SettingFormat<int> LabelLength = SettingFormats.Integer(8, 65_536);
    private static readonly SettingFormat<int> Statements = SettingFormats.Integer(100, 100_000_000);
    private static readonly SettingFormat<long> Memory = SettingFormats.Bytes(1L << 20, 1L << 30, "16MiB");

    private static readonly SettingFormat<TimeSpan> ScriptTime =
        SettingFormats.Time(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10), "100ms");

    private static readonly SettingFormat<TimeSpan> LoadTime =
        SettingFormats.Time(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), "30s");

    private static readonly SettingFormat<Overflow> OverflowWord =
        SettingFormats.OneOf(("other", Overflow.Other), ("drop", Overflow.Drop));

    private static readonly SettingFormat<TimeSpan?> Expiry =
        SettingFormats.TimeOrNever(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1000), "5m");

    public static PluginLimits Bind(ObjectReader owner, PluginLimits inherited) =>
        owner.Object("limits", limits => new PluginLimits
        {
            MaxSeries = limits.Optional("maxSeries", inherited.MaxSeries, SettingFormats.MaxSeries),
            Overflow = limits.Optional("overflow", inherited.Overflow, OverflowWord),
            ExpireGone = limits.Optional("expireGone", inherited.ExpireGone, Expiry),
            ExpireUnchanged = limits.Optional("expireUnchanged", inherited.ExpireUnchanged, Expiry),
            MaxLabelLength = limits.Optional("maxLabelLength", inherited.MaxLabelLength, LabelLength),
            ScriptTimeout = limits.Optional("scriptTimeout", inherited.ScriptTimeout, ScriptTime),
            ScriptMemory = limits.Optional("scriptMemory", inherited.ScriptMemory, Memory),
            ScriptStatements = limits.Optional("scriptStatements", inherited.ScriptStatements, Statements),
            LoadTimeout = limits.Optional("loadTimeout", inherited.LoadTimeout, LoadTime),
        }) ?? inherited;
}
