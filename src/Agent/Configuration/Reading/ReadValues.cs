namespace EbpfAgent.Configuration.Reading;

/// <summary>A value whose key is a name of the user's choice.</summary>
internal sealed record NamedValue<T>(string Name, T Value);

/// <summary>A value of a list, with its place for what only the whole list can tell.</summary>
internal sealed record ListedValue<T>(T Value, JsonPosition Position, string Path);
