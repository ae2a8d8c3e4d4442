using System.Globalization;

namespace EbpfAgent.Decoding.BuiltIn.Steps;

/// <summary>An enum's name: out of a map that is given, or else of BTF; of two names of one number, that which was declared first.</summary>
/// <param name="map">For numbers in decimal their names; those of BTF come after them.</param>
/// <param name="fallback">What all others become; null leaves it to <paramref name="allowUnknown"/>.</param>
/// <param name="allowUnknown">Whether a number without a name is shown as it is.</param>
internal sealed class EnumStep(IReadOnlyDictionary<string, string>? map, string? fallback, bool allowUnknown) : ILabelStep
{
    public string Decode(in LabelInput input)
    {
        var number = StepNumber.Read(input);
        var digits = number.ToString(CultureInfo.InvariantCulture);
        if (map?.TryGetValue(digits, out var name) == true)
            return name;
        return Declared(input.Field, number) ?? fallback ?? (allowUnknown ? digits : Unknown.Text(digits));
    }

    private static string? Declared(KeyField? field, Int128 number) => field is null ? null : EnumNames.Find(field.Enumerators, unchecked((long)number));
}
