namespace EbpfAgent.Configuration.Reading;

/// <summary>Gathers what is wrong with one file, up to a number that a human can still read.</summary>
internal sealed class ErrorList
{
    /// <summary>Further errors are only counted: a file of 1 MiB can hold a hundred thousand.</summary>
    public const int MaxErrors = 50;

    private readonly List<ConfigurationError> _errors = [];
    private int _more;

    public void Add(JsonPosition position, string path, string problem)
    {
        if (_errors.Count < MaxErrors)
            _errors.Add(new ConfigurationError(position, path, problem));
        else
            _more++;
    }

    /// <summary>Throws all that was added, if anything was.</summary>
    /// <exception cref="ConfigurationException">There are errors.</exception>
    public void ThrowIfAny()
    {
        if (_errors.Count > 0)
            throw ToException();
    }

    /// <summary>All that was added, with one last error that ends the reading.</summary>
    public ConfigurationException Fatal(JsonPosition position, string path, string problem, Exception? inner = null)
    {
        Add(position, path, problem);
        return ToException(inner);
    }

    private ConfigurationException ToException(Exception? inner = null)
    {
        List<ConfigurationError> sorted =
            [.. _errors.OrderBy(e => e.Position.IsEnvironment).ThenBy(e => e.Position.Line).ThenBy(e => e.Position.Column)];
        if (_more > 0)
            sorted.Add(new ConfigurationError(JsonPosition.OfFile(sorted[0].Position.Source), "", $"and {_more} more errors"));
        return new ConfigurationException(sorted, inner);
    }
}
