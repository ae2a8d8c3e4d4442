namespace EbpfAgent.Benchmarks;

/// <summary>The objects that the build has embedded.</summary>
internal static class Resource
{
    public static byte[] Read(string name)
    {
        using Stream stream = typeof(Resource).Assembly.GetManifestResourceStream(name)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
