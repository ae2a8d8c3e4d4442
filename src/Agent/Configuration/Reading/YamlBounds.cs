namespace EbpfAgent.Configuration.Reading;

/// <summary>
/// How large and how deep a YAML document is once its aliases are followed. A few lines of aliases to aliases come to more than any memory holds, so each repetition is counted at its full
/// extent, before anything walks through it.
/// </summary>
internal sealed class YamlBounds
{
    /// <summary>The deepest nesting, scalars included; a configuration needs eleven levels.</summary>
    public const int MaxDepth = 32;

    /// <summary>The most values; a file of 1 MiB that a human wrote has fewer.</summary>
    public const int MaxNodes = 50_000;

    private long _nodes;
    private int _depth;
    private int _deepest;

    /// <summary>What is beyond the bounds by now, or null.</summary>
    public string? Excess =>
        _deepest > MaxDepth ? $"nested deeper than {MaxDepth} levels, aliases followed"
        : _nodes > MaxNodes ? $"more than {MaxNodes} values, aliases followed"
        : null;

    /// <summary>A value begins, inside of that which began last.</summary>
    public Start Enter()
    {
        var start = new Start(_nodes, _deepest);
        _nodes++;
        _deepest = ++_depth;
        return start;
    }

    /// <summary>The value that began at <paramref name="start"/> has ended.</summary>
    public Extent Leave(Start start)
    {
        var extent = new Extent(_nodes - start.Nodes, _deepest - _depth + 1);
        _deepest = Math.Max(_deepest, start.Deepest);
        _depth--;
        return extent;
    }

    /// <summary>A value is there once more, by an alias.</summary>
    public void Repeat(Extent extent)
    {
        _nodes += extent.Nodes;
        _deepest = Math.Max(_deepest, _depth + extent.Levels);
    }

    /// <summary>What was known when a value began.</summary>
    internal readonly record struct Start(long Nodes, int Deepest);

    /// <summary>A value's size and height, itself included.</summary>
    internal readonly record struct Extent(long Nodes, int Levels);
}
