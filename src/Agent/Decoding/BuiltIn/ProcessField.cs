namespace EbpfAgent.Decoding.BuiltIn;

/// <summary>The field of a key that says whose a user-space stack is.</summary>
internal static class ProcessField
{
    // What bpf_get_current_pid_tgid() has in its upper half is the process; a thread's number finds the same mappings while it lives.
    private static readonly string[] UsualNames = ["tgid", "pid"];

    /// <param name="path">The field as a manifest names it; null takes the one of type <c>agent_pid_t</c>, or else the one that is called <c>tgid</c> or <c>pid</c>.</param>
    /// <param name="layout">The key.</param>
    /// <exception cref="FormatException">There is no such field, or it is no number.</exception>
    public static KeyField Find(string? path, KeyLayout? layout)
    {
        if (layout is null)
            throw new FormatException("the decoder 'ustack' needs the process's field beside its own, and no BTF describes this key");
        var named = KeyFields.Named(layout.Root).Where(static field => field.Name.Length > 0).ToList();
        var field = path is null ? Guess(named) : named.Find(field => field.Path == path);
        if (field is null)
        {
            throw new FormatException(path is null
                ? "the decoder 'ustack' needs the process's number: name its field, { \"ustack\": \"pid\" }"
                : $"the field '{path}' that 'ustack' asks for is not in {layout.TypeName}");
        }

        if (field.Kind is not (KeyFieldKind.Unsigned or KeyFieldKind.Signed))
            throw new FormatException($"the field '{field.Path}' is no number, and 'ustack' needs a process's");
        return field;
    }

    private static KeyField? Guess(List<KeyField> named) =>
        named.Find(static field => FieldTypes.NameOf(field) is "pid" or "comm_of_pid")
        ?? UsualNames.Select(name => named.Find(field => field.Name == name)).FirstOrDefault(static field => field is not null);
}
