using CsCheck;
using EbpfAgent.Series;

namespace EbpfAgent.Tests.Series;

public sealed class KeyTableTests
{
    [Fact]
    public void It_behaves_as_a_dictionary_does_under_any_additions_and_removals() =>
        Gen.Select(Gen.Bool, Gen.Int[0, 60]).Array[0, 400].Sample(static steps =>
        {
            var table = new KeyTable(4);
            var model = new Dictionary<int, int>();
            foreach ((bool add, int number) in steps)
            {
                byte[] key = BitConverter.GetBytes(number);
                if (add)
                {
                    int row = table.GetOrAdd(key, out bool added);
                    if (added == model.ContainsKey(number)) return false;
                    model.TryAdd(number, row);
                    if (model[number] != row) return false;
                }
                else if (model.Remove(number, out int row))
                {
                    table.Remove(row);
                }
            }

            return table.Count == model.Count &&
                model.Values.Distinct().Count() == model.Count &&
                model.All(pair => table.Find(BitConverter.GetBytes(pair.Key)) == pair.Value && table.Key(pair.Value).SequenceEqual(BitConverter.GetBytes(pair.Key)));
        });

    [Fact]
    public void Freed_rows_are_used_again()
    {
        var table = new KeyTable(4);
        for (int i = 0; i < 100_000; i++) table.Remove(table.GetOrAdd(BitConverter.GetBytes(i), out _));
        Assert.Equal(1, table.Rows);
        Assert.Equal(0, table.Count);
    }
}
