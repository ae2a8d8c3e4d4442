namespace EbpfAgent.Bpf.Loading;

/// <summary>
/// The <c>const volatile</c> variables of an object, which are set before it is loaded: the verifier then knows their values, and leaves out the code that they turn off.
/// </summary>
internal static class ConstantVariables
{
    public const string AddressPrefix = "kaddr_";
    private const string Section = ".rodata";

    /// <summary>Where to write what, so that the object has these settings and addresses.</summary>
    /// <exception cref="BpfException">There is no such variable, or the value doesn't fit it.</exception>
    public static IReadOnlyList<ConstantPatch> Patches(string name, Btf types, ObjectOptions options)
    {
        if (options.Settings.Count == 0 && options.KernelAddresses.Count == 0) return [];
        (string Section, BtfSectionVariable Variable)[] known = [.. Sections(types).SelectMany(section => types.FindDataSection(section)!.Select(variable => (section, variable)))];
        return
        [
            .. options.Settings.Select(setting => Patch(name, types, known, setting.Key, setting.Value, $"const volatile TYPE {setting.Key}")),
            .. options.KernelAddresses.Select(symbol => PatchAddress(name, types, known, symbol.Key, symbol.Value)),
        ];
    }

    private static IEnumerable<string> Sections(Btf types) =>
        types.Types.OfType<BtfDataSection>().Select(static section => section.Name).Where(static section => section.StartsWith(Section, StringComparison.Ordinal)).Distinct();

    private static ConstantPatch PatchAddress(string name, Btf types, (string, BtfSectionVariable)[] known, string symbol, ulong address)
    {
        string variable = AddressPrefix + symbol;
        ConstantPatch patch = Patch(name, types, known, variable, address, $"const volatile __u64 {variable}");
        return patch.Bytes.Length == sizeof(ulong)
            ? patch
            : throw BpfException.With(BpfFailure.Object, $"{name}: '{variable}' has {patch.Bytes.Length} bytes, and an address has 8; declare const volatile __u64 {variable}");
    }

    private static ConstantPatch Patch(string name, Btf types, (string Section, BtfSectionVariable Variable)[] known, string variable, object value, string declaration)
    {
        int index = Array.FindIndex(known, one => one.Variable.Name == variable);
        if (index < 0) throw Missing(name, types, known, variable, declaration);
        (string section, BtfSectionVariable found) = known[index];
        if (!IsVolatile(types, found.TypeId))
        {
            throw BpfException.With(
                BpfFailure.Object, $"{name}: '{variable}' is const and not volatile, so the compiler has put its value into the code already; declare {declaration}");
        }

        byte[] bytes = ConstantValue.Encode(types, found.TypeId, value, out string? obstacle);
        return obstacle is null
            ? new ConstantPatch(section, checked((int)found.Offset), bytes)
            : throw BpfException.With(BpfFailure.Object, $"{name}: '{variable}' ({types.DescribeType(found.TypeId)}) {obstacle}");
    }

    private static BpfException Missing(string name, Btf types, (string Section, BtfSectionVariable Variable)[] known, string variable, string declaration)
    {
        string[] settable = [.. known.Where(one => IsVolatile(types, one.Variable.TypeId)).Select(one => $"{one.Variable.Name} ({types.DescribeType(one.Variable.TypeId)})").Take(20)];
        return BpfException.With(
            BpfFailure.Object,
            $"{name} has no variable '{variable}' that can be set before it is loaded; {(settable.Length == 0 ? "it has none" : "it has: " + string.Join(", ", settable))}; declare {declaration}");
    }

    // Of an array, what it is an array of.
    private static bool IsVolatile(Btf types, int type)
    {
        for (int depth = 0; depth < Btf.MaxDepth; depth++)
        {
            switch (types[type])
            {
                case BtfModifier { Kind: BtfModifierKind.Volatile }:
                    return true;
                case BtfModifier modifier:
                    type = modifier.TargetId;
                    break;
                case BtfTypedef typedef:
                    type = typedef.TargetId;
                    break;
                case BtfArray array:
                    type = array.ElementId;
                    break;
                default:
                    return false;
            }
        }

        return false;
    }
}

/// <summary>Bytes that go into a data section before the load.</summary>
internal sealed record ConstantPatch(string Section, int Offset, byte[] Bytes);
