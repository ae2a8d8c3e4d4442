using System.Collections.Immutable;
using System.Globalization;

namespace EbpfAgent.Decoding.BuiltIn.Steps;

/// <summary>An enum's name: out of a map that is given, or else of BTF; of two names of one number, that which was declared first.</summary>
/// <param name="map">For numbers in decimal their names; those of BTF come after them.</param>
/// <param name="fallback">What all others become; null leaves it to <paramref name="allowUnknown"/>.</param>
/// <param name="allowUnknown">Whether a number without a name is shown as it is.</param>
internal sealed class EnumStep(IReadOnlyDictionary<string, string>? map, string? fallback, bool allowUnknown) : ILabelStep
{
    private static readonly Comparer<EnumName> ByValue = Comparer<EnumName>.Create(static (one, other) => one.Value.CompareTo(other.Value));

    // Of the field that was seen last, which in nearly every chain is the only one. Sorted, and not hashed: BTF may declare 65,535 names.
    private ImmutableArray<EnumName> _declared;
    private EnumName[] _sorted = [];

    public string Decode(in LabelInput input)
    {
        var number = StepNumber.Read(input);
        var digits = number.ToString(CultureInfo.InvariantCulture);
        if (map?.TryGetValue(digits, out var name) == true)
            return name;
        return Declared(input.Field, number) ?? fallback ?? (allowUnknown ? digits : Unknown.Text(digits));
    }

    private string? Declared(KeyField? field, Int128 number)
    {
        if (field is null or { Enumerators.IsEmpty: true })
            return null;
        Sort(field.Enumerators);
        var wanted = unchecked((long)number);
        var found = Array.BinarySearch(_sorted, new EnumName("", wanted), ByValue);
        if (found < 0)
            return null;
        while (found > 0 && _sorted[found - 1].Value == wanted)
            found--;
        return _sorted[found].Name;
    }

    private void Sort(ImmutableArray<EnumName> declared)
    {
        if (declared == _declared)
            return;
        _declared = declared;
        _sorted = [.. declared.OrderBy(static name => name.Value)];
    }
}
