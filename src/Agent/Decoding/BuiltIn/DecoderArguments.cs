namespace EbpfAgent.Decoding.BuiltIn;

/// <summary>What a decoder may be told, beyond its name.</summary>
[Flags]
internal enum DecoderArguments
{
    None = 0,

    /// <summary><see cref="DecoderSpec.Map"/>.</summary>
    Map = 1,

    /// <summary><see cref="DecoderSpec.Items"/>.</summary>
    Items = 2,

    /// <summary><see cref="DecoderSpec.Default"/> and <see cref="DecoderSpec.AllowUnknown"/>.</summary>
    Fallback = 4,

    /// <summary><see cref="DecoderSpec.OtherField"/>.</summary>
    OtherField = 8,

    /// <summary>The option <c>order</c>: <c>network</c> or <c>host</c>.</summary>
    Order = 16,
}
