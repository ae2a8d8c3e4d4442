namespace EbpfAgent.Decoding.JavaScript;

/// <summary>A script as it was read: where from (for messages), and its text.</summary>
internal sealed record ScriptSource(string Path, string Text);
