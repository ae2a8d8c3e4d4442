using System.Diagnostics.CodeAnalysis;

namespace EbpfAgent.Configuration.Reading;

/// <summary>
/// Reads the settings of one object. Every key that is asked for is a legal key; what was written and never asked for is an
/// error, so the reader's code is the only list of keys there is. Errors are gathered, and reading goes on with a default.
/// </summary>
internal sealed class ObjectReader
{
    private const string SchemaKey = "$schema";

    private readonly ObjectNode _node;
    private readonly ErrorList _errors;
    private readonly List<string> _known = [];

    private ObjectReader(ObjectNode node, string path, ErrorList errors)
    {
        _node = node;
        Path = path;
        _errors = errors;
    }

    /// <summary>The object's path from the root; empty for the root.</summary>
    public string Path { get; }

    /// <summary>Where the object begins.</summary>
    public JsonPosition Position => _node.Position;

    /// <summary>Reads a whole document, and reports the keys that were not asked for.</summary>
    /// <param name="root">The document.</param>
    /// <param name="errors">Where errors are gathered.</param>
    /// <param name="bind">Asks for every legal key.</param>
    public static T? Document<T>(Node root, ErrorList errors, Func<ObjectReader, T> bind)
        where T : class => Bind(root, "", errors, reader =>
        {
            // Editors find the schema by it; it is of no interest here, and so not among the keys that messages list.
            reader.TryGet(SchemaKey, SettingFormats.AnyText, out _);
            reader._known.Remove(SchemaKey);
            return bind(reader);
        });

    /// <summary>Whether a legal key is there, be its value right or wrong.</summary>
    public bool Has(string key) => Take(key) is not null;

    /// <summary>A setting that may be left out.</summary>
    public bool TryGet<T>(string key, SettingFormat<T> format, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        return Take(key) is { } member && TryRead(member.Value, SettingPath.Member(Path, key), format, out value);
    }

    /// <summary>A setting that has a default.</summary>
    public T Optional<T>(string key, T fallback, SettingFormat<T> format) => TryGet(key, format, out var value) ? value : fallback;

    /// <summary>A setting that must be there. After an error, which was added, the result is the type's default.</summary>
    public T Required<T>(string key, SettingFormat<T> format)
    {
        if (Take(key) is null)
            _errors.Add(Position, SettingPath.Member(Path, key), $"missing; expected {format.Expected}");
        return TryGet(key, format, out var value) ? value : default!;
    }

    /// <summary>An object, or null where it is left out or none.</summary>
    public T? Object<T>(string key, Func<ObjectReader, T> bind)
        where T : class => Take(key) is { } member ? Bind(member.Value, SettingPath.Member(Path, key), _errors, bind) : null;

    /// <summary>The objects of an object whose keys are names of the user's choice, such as plugins; what is none is left out.</summary>
    public IReadOnlyList<T> ObjectsByName<T>(string key, SettingFormat<string> nameFormat, Func<string, ObjectReader, T> bind)
        where T : class => ByName(key, nameFormat, (name, path, node) => Bind(node, path, _errors, reader => bind(name, reader)));

    /// <summary>The values of an object whose keys are names of the user's choice; those in error are left out.</summary>
    public IReadOnlyList<NamedValue<T>> ValuesByName<T>(string key, SettingFormat<string> nameFormat, SettingFormat<T> format) =>
        ByName(key, nameFormat, (name, path, node) =>
            TryRead(node, path, format, out var value) ? new NamedValue<T>(name, value) : null);

    /// <summary>The values of a list, or null where it is left out; those in error are left out of it.</summary>
    public IReadOnlyList<ListedValue<T>>? Values<T>(string key, SettingFormat<T> format) =>
        Items(key, (node, path) => TryRead(node, path, format, out var value) ? new ListedValue<T>(value, node.Position, path) : null);

    /// <summary>The objects of a list, or null where it is left out; those that are none are left out of it.</summary>
    public IReadOnlyList<T>? Objects<T>(string key, Func<ObjectReader, T> bind)
        where T : class => Items(key, (node, path) => Bind(node, path, _errors, bind));

    /// <summary>What was written under a key, whatever it is; null where the key is left out.</summary>
    public Node? Raw(string key) => Take(key)?.Value;

    /// <summary>An object that was had by <see cref="Raw"/>, or null where it is none.</summary>
    public T? Object<T>(Node node, string path, Func<ObjectReader, T> bind)
        where T : class => Bind(node, path, _errors, bind);

    /// <summary>A value that was had by <see cref="Raw"/>.</summary>
    public bool TryGet<T>(Node node, string path, SettingFormat<T> format, [MaybeNullWhen(false)] out T value) => TryRead(node, path, format, out value);

    /// <summary>An error of this object, or of one of its keys.</summary>
    public void Refuse(string? key, string problem)
    {
        var (position, path, _) = Remark(key, problem);
        _errors.Add(position, path, problem);
    }

    /// <summary>What there is to be said of this object, or of one of its keys, with its place; it is no error.</summary>
    public ConfigurationError Remark(string? key, string words)
    {
        var position = _node.Members.Find(m => key is not null && m.Is(key))?.Value.Position ?? Position;
        return new ConfigurationError(position, key is null ? Path : SettingPath.Member(Path, key), words);
    }

    /// <summary>An error at a place that the caller knows.</summary>
    public void Refuse(JsonPosition position, string path, string problem) => _errors.Add(position, path, problem);

    private static T? Bind<T>(Node node, string path, ErrorList errors, Func<ObjectReader, T> bind)
        where T : class
    {
        if (AsObject(node, path, errors) is not { } objectNode)
            return null;
        var reader = new ObjectReader(objectNode, path, errors);
        var result = bind(reader);
        reader.RefuseUnknownKeys();
        return result;
    }

    private List<T> ByName<T>(string key, SettingFormat<string> nameFormat, Func<string, string, Node, T?> bind)
        where T : class
    {
        var results = new List<T>();
        string ownPath = SettingPath.Member(Path, key);
        if (Take(key) is not { } owner || AsObject(owner.Value, ownPath, _errors) is not { } named)
            return results;
        foreach (var (name, position, value) in named.Members)
        {
            string path = SettingPath.Member(ownPath, name);
            if (!nameFormat.TryParse(name, out _))
                _errors.Add(position, path, $"expected {nameFormat.Expected}; found {Quoted.Text(name)}");
            else if (bind(name, path, value) is { } result)
                results.Add(result);
        }
        return results;
    }

    private static ObjectNode? AsObject(Node node, string path, ErrorList errors)
    {
        if (node is ObjectNode result)
            return result;
        errors.Add(node.Position, path, $"expected an object; found {Quoted.Value(node)}");
        return null;
    }

    private List<T>? Items<T>(string key, Func<Node, string, T?> bind)
        where T : class
    {
        if (Take(key) is not { } member)
            return null;
        string path = SettingPath.Member(Path, key);
        var results = new List<T>();
        foreach (var (index, node) in ListItems.Of(member.Value, path, _errors).Index())
        {
            if (bind(node, SettingPath.Item(path, index)) is { } result)
                results.Add(result);
        }
        return results;
    }

    private Member? Take(string key)
    {
        if (!_known.Contains(key))
            _known.Add(key);
        return _node.Members.Find(m => m.Is(key));
    }

    private bool TryRead<T>(Node node, string path, SettingFormat<T> format, [MaybeNullWhen(false)] out T value)
    {
        if (format.TryRead(node, out value, out string? problem))
            return true;
        _errors.Add(node.Position, path, problem);
        return false;
    }

    private bool IsSchemaOfDocument(Member member) => Path.Length == 0 && member.Is(SchemaKey);

    private void RefuseUnknownKeys()
    {
        foreach (var member in _node.Members.Where(m => !_known.Exists(m.Is) && !IsSchemaOfDocument(m)))
        {
            string suggestion = DidYouMean.Find(member.Name, _known) is { } near ? $"; did you mean \"{near}\"?" : "";
            string problem = $"unknown key{suggestion} (known: {string.Join(", ", _known)})";
            _errors.Add(member.Position, SettingPath.Member(Path, member.Name), problem);
        }
    }
}
