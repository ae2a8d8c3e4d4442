using EbpfAgent.Series;

namespace EbpfAgent.Tests.Series;

/// <summary>Random lives of a family, beside a model of plain dictionaries that counts each event by itself.</summary>
public sealed class FamilyModelTests : FamilyTest
{
    [Theory]
    [InlineData(1000, null, null, false)]
    [InlineData(1000, 40, null, false)]
    [InlineData(1000, 40, 60, false)]
    [InlineData(4, null, null, false)]
    [InlineData(4, 40, 60, false)]
    [InlineData(4, 40, 60, true)]
    [InlineData(2, 20, 20, true)]
    [InlineData(2, 20, 20, false)]
    public void Nothing_is_counted_twice_lost_or_taken_back(int maxSeries, int? gone, int? unchanged, bool drop)
    {
        var limits = new SeriesLimits(maxSeries, 64)
        {
            ExpireGone = gone is { } g ? TimeSpan.FromSeconds(g) : null,
            ExpireUnchanged = unchanged is { } u ? TimeSpan.FromSeconds(u) : null,
            Overflow = drop ? Overflow.Drop : Overflow.Other,
        };
        for (int seed = 0; seed < 150; seed++) new Life(this, seed, limits).Run(steps: 250);
    }

    private sealed class Life(FamilyModelTests test, int seed, SeriesLimits limits)
    {
        private const int Keys = 12;

        private readonly Random _random = new(seed);
        private readonly Dictionary<byte, ulong[]> _map = [];
        private readonly Dictionary<byte, ulong[]> _read = [];
        private readonly Dictionary<byte, ulong[]> _waiting = [];
        private readonly Dictionary<byte, string?> _names = [];
        private readonly Dictionary<string, ulong[]> _labels = [];
        private readonly Dictionary<string, ulong[]> _exposed = [];
        private readonly HashSet<string> _withoutRoom = [];
        private readonly ulong[] _seen = new ulong[4];
        private CumulativeFamily _family = null!;
        private byte[]? _snapshot;
        private int _failing;
        private int _scheme;
        private bool _deleted;
        private ulong _filtered;
        private ulong _lost;
        private string _last = "";

        // Without a limit, each label set's total is known; with one, who finds room depends on the order of the keys.
        private bool IsExact => limits.MaxSeries >= Keys * 3;

        public void Run(int steps)
        {
            _family = New(_scheme);
            for (int step = 0; step < steps; step++)
            {
                _last = $"seed {seed}, step {step}";
                Step();
            }
        }

        private void Step()
        {
            byte key = (byte)_random.Next(Keys);
            switch (_random.Next(20))
            {
                case < 9:
                    Observe(key);
                    break;
                case 9:
                    _deleted |= _map.Remove(key);
                    break;
                case 10:
                    _deleted |= _map.Remove(key);
                    Observe(key);
                    break;
                case 11:
                    test.Time.Advance(TimeSpan.FromSeconds(_random.Next(30)));
                    break;
                case 12:
                    _failing = _random.Next(3) == 0 ? _random.Next(1 << Keys) : 0;
                    break;
                case 13:
                    FailedPoll();
                    break;
                case 14 when _random.Next(4) == 0:
                    TakeOver(sameMap: true);
                    break;
                case 15 when _random.Next(6) == 0:
                    TakeOver(sameMap: false);
                    break;
                case 16 when _snapshot is not null && _random.Next(4) == 0:
                    Restart();
                    break;
                default:
                    Poll();
                    break;
            }
        }

        private void Observe(byte key)
        {
            if (!_map.TryGetValue(key, out ulong[]? words)) _map.Add(key, words = new ulong[4]);
            for (int i = _random.Next(1, 4); i > 0; i--)
            {
                words[0] += _random.Next(4) == 0 ? ulong.MaxValue - (ulong)_random.Next(9) : (ulong)_random.Next(99);
                words[_random.Next(1, 4)]++;
            }
        }

        private CumulativeFamily New(int scheme) => test.Family(new StubDecoder(key => Name(key, scheme), "key"), limits);

        private string[]? Name(byte key, int scheme)
        {
            _names[key] = "failed";
            if ((_failing >> key & 1) != 0) throw new TimeoutException("slow");
            _names[key] = scheme switch
            {
                0 => key == 11 ? null : $"{key}",
                1 => key % 5 == 4 ? null : $"{key / 2}",
                _ => key == 0 ? "other" : $"{key % 6}",
            };
            return _names[key] is { } name ? [name] : null;
        }

        private void Stage(double share)
        {
            _family.Begin();
            foreach ((byte key, ulong[] words) in _map)
            {
                if (_random.NextDouble() <= share) words.CopyTo(_family.Stage([key]));
            }
        }

        private void FailedPoll() => Stage(share: 0.5);

        private void Poll()
        {
            Stage(share: 1);
            lock (_family.Gate) _family.Commit();
            _deleted = false;
            var grown = new HashSet<string>();
            foreach (byte key in _read.Keys.Except(_map.Keys).ToArray()) Leave(key);
            foreach ((byte key, ulong[] words) in _map) Count(key, words, grown);
            Check(grown);
            if (_family.NeedsSnapshot || _random.Next(10) == 0) WriteSnapshot();
        }

        private void Count(byte key, ulong[] words, HashSet<string> grown)
        {
            ulong[] last = _read.GetValueOrDefault(key) ?? new ulong[4];
            bool isNew = words[1] < last[1] || words[2] < last[2] || words[3] < last[3];
            ulong[] gain = [.. words.Select((word, i) => isNew ? word : word - last[i])];
            _read[key] = [.. words];
            Add(_seen, gain);
            if (gain.Any(static word => word != 0)) grown.Add(_names[key] ?? "");
            if (_names[key] == "failed")
            {
                Add(Of(_waiting, key), gain);
                return;
            }

            if (_waiting.Remove(key, out ulong[]? waited)) Add(gain, waited);
            if (_names[key] is { } name) Add(Of(_labels, name), gain);
            else _filtered += Events(gain);
        }

        private void Leave(byte key)
        {
            _read.Remove(key);
            if (_waiting.Remove(key, out ulong[]? waited)) _lost += Events(waited);
        }

        private void TakeOver(bool sameMap)
        {
            _scheme = _random.Next(3);
            CumulativeFamily next = New(_scheme);
            next.TakeOver(_family, sameMap);
            _family = next;
            if (!sameMap)
            {
                _map.Clear();
                foreach (byte key in _read.Keys.ToArray()) Leave(key);
            }

            CheckNothingFell();
            Poll();
        }

        // Killed, and started again on the same map with the last snapshot. What no agent can know is left out: while none runs, no entry is deleted with what it
        // has counted since the snapshot, and no new one takes the room of one that had come just before.
        private void Restart()
        {
            if (_deleted) Poll();
            foreach (byte key in _map.Keys.Except(_read.Keys).Where(_ => !IsExact).ToArray()) _map.Remove(key);
            _failing = 0;
            _family = New(_scheme);
            _family.ReadSnapshot(new MemoryStream(_snapshot!));
            Poll();
        }

        private void WriteSnapshot()
        {
            var stream = new MemoryStream();
            _family.WriteSnapshot(stream);
            Assert.False(_family.NeedsSnapshot);
            _snapshot = stream.ToArray();
        }

        private void Check(HashSet<string> grown)
        {
            Dictionary<string, ulong[]> exposed = CheckNothingFell();
            Assert.True(Events(_seen) == Everywhere(), $"{_last}: {Events(_seen)} events were seen and {Everywhere()} are somewhere");
            Assert.True(_filtered == _family.Drops.Observations(DropReason.Filtered), $"{_last}: filtered");
            Assert.True(_lost == _family.Drops.Observations(DropReason.DecodeFailed), $"{_last}: lost");
            if (IsExact) CheckEach(exposed, grown);
            else CheckRoom(exposed, grown);
        }

        private Dictionary<string, ulong[]> CheckNothingFell()
        {
            Dictionary<string, ulong[]> exposed = Exposed(_family);
            bool forgot = _family.Remembered.Forgotten > 0;
            foreach ((string text, ulong[] words) in exposed)
            {
                if (!forgot && _exposed.TryGetValue(text, out ulong[]? before))
                    Assert.True(words[1] >= before[1] && words[2] >= before[2] && words[3] >= before[3], $"{_last}: {text} fell");
                _exposed[text] = words;
            }

            return exposed;
        }

        private void CheckEach(Dictionary<string, ulong[]> exposed, HashSet<string> grown)
        {
            foreach ((string text, ulong[] words) in exposed)
                Assert.True(words.SequenceEqual(_labels.GetValueOrDefault(NameOf(text)) ?? new ulong[4]), $"{_last}: {text} counts {string.Join(' ', words)}");
            Assert.True(grown.Where(static name => name is not ("" or "failed")).All(name => exposed.ContainsKey($"key=\"{name}\"")), $"{_last}: one that grew is not exposed");
            Assert.Equal(0, _family.Drops[DropReason.SeriesLimit]);
            Assert.True(_family.Remembered.Forgotten == 0, _last);
        }

        private void CheckRoom(Dictionary<string, ulong[]> exposed, HashSet<string> grown)
        {
            Assert.True(exposed.Keys.Count(static text => text != "key=\"other\"") <= limits.MaxSeries, $"{_last}: above the limit");
            foreach (string name in grown.Where(static name => name is not ("" or "failed" or "other")))
            {
                if (!exposed.ContainsKey($"key=\"{name}\"")) _withoutRoom.Add(name);
            }

            Assert.True(!exposed.Keys.Select(NameOf).Any(_withoutRoom.Contains), $"{_last}: one that had found no room got a series");
        }

        private ulong Everywhere()
        {
            SeriesTable table = _family.Series;
            ulong events = _family.Remembered.Forgotten;
            foreach (DropReason reason in Enum.GetValues<DropReason>()) events += _family.Drops.Observations(reason);
            for (int series = 0; series < table.Places; series++) events += table.State(series) == SeriesState.Free ? 0 : Events(table.Totals(series));
            foreach (RememberedSeries.Entry entry in _family.Remembered.OldestFirst) events += Events(entry.Totals);
            foreach (ulong[] waiting in _waiting.Values) events += Events(waiting);
            return events;
        }

        private static string NameOf(string text) => text["key=\"".Length..^1];

        private static ulong Events(ReadOnlySpan<ulong> words) => words[1] + words[2] + words[3];

        private static ulong[] Of<T>(Dictionary<T, ulong[]> words, T key)
            where T : notnull
        {
            if (!words.TryGetValue(key, out ulong[]? found)) words.Add(key, found = new ulong[4]);
            return found;
        }

        private static void Add(ulong[] to, ulong[] words)
        {
            for (int i = 0; i < to.Length; i++) to[i] += words[i];
        }
    }
}
