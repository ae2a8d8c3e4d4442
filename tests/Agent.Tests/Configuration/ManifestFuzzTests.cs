using System.Text;
using CsCheck;
using EbpfAgent.Configuration;

namespace EbpfAgent.Tests.Configuration;

/// <summary>A manifest that uses every key, damaged byte by byte and word by word.</summary>
public sealed class ManifestFuzzTests
{
    private const string Whole = """
        {
          "$schema": "../plugin.schema.json", "object": "a.bpf.o", "kernelAddresses": ["tcp_prot"], "settings": { "limit": 5, "on": true, "name": "x", "at": -1, "real": 0.5 },
          "cgroupIds": [{ "map": "ids", "patterns": ["^/system.slice/(.*)$"] }],
          "programs": {
            "a": { "uprobe": { "binary": "libc", "symbol": "malloc", "offset": 4, "return": true, "pid": 1 }, "optional": true, "insteadOf": "b" },
            "b": { "usdt": { "binary": "/bin/x", "provider": "p", "name": "n", "pid": 7 } },
            "c": { "kprobe": { "functions": ["vfs_read"], "offset": 1, "return": false } },
            "d": { "perfEvent": { "type": "software", "event": "cpu-clock", "frequency": 99 } },
            "e": { "xdp": { "interfaces": ["eth*"], "mode": "generic" } },
            "f": { "tc": { "interfaces": ["eth0"], "direction": "ingress", "priority": 3 } }
          },
          "metrics": [
            { "map": "m", "name": "a", "help": "A.", "script": "d.js", "scale": 1e-9, "maxSeries": 10 },
            { "map": "m", "name": "b", "type": "histogram", "buckets": { "field": "slot", "form": "exp2", "first": 0, "last": 26, "multiplier": 1e-6, "sum": true } },
            { "map": "m", "name": "c", "type": "histogram", "buckets": { "form": "fixed", "keys": [1, 2, 5] } },
            { "map": "m", "name": "d", "type": "counter", "value": "bytes", "cpus": "label", "event": "struct e",
              "labels": ["a.b", { "name": "x", "field": "y", "decode": ["hex", { "static_map": { "1": "one" }, "default": "z", "allowUnknown": true }, { "regexp": ["^(?P<n>a+)$"] }, { "ip": { "order": "host" } }] }] }
          ]
        }
        """;

    private static readonly string[] Words =
        ["{", "}", "[", "]", ",", ":", "null", "true", "-1", "1e400", "99999999999999999999", "\"\"", "\"\\u0000\"", "\"../../x\"", "\"/etc/passwd\"", "\"a\\nb\"", "\"(a{1000}){1000}\"", "\"labels\":", "\"decode\":", "{}", "[]", "\"\\ud83d\\ude00\""];

    [Fact]
    public void It_is_sound() => Assert.Equal(4, Sample.Manifest(Whole).Metrics.Count);

    [Fact]
    public void Any_bytes_in_it_are_read_or_refused() =>
        Gen.Select(Gen.Int[0, Whole.Length - 1], Gen.Byte).Array[1, 4].Sample(
            damages =>
            {
                byte[] text = Encoding.UTF8.GetBytes(Whole);
                foreach ((int at, byte value) in damages) text[at] = value;
                Errors(text);
            },
            iter: 5_000);

    [Fact]
    public void Any_words_in_the_place_of_others_are_read_or_refused() =>
        Gen.Select(Gen.Int[0, Whole.Length - 1], Gen.Int[0, 12], Gen.OneOf(Words)).Array[1, 4].Sample(
            damages =>
            {
                string text = Whole;
                foreach ((int at, int length, string word) in damages)
                {
                    int begin = Math.Min(at, text.Length);
                    text = text[..begin] + word + text[Math.Min(begin + length, text.Length)..];
                }

                Errors(Encoding.UTF8.GetBytes(text));
            },
            iter: 10_000);

    private static int Errors(byte[] text)
    {
        try
        {
            PluginManifestLoader.Parse(text, Sample.ManifestFile);
            return 0;
        }
        catch (ConfigurationException e)
        {
            Assert.All(e.Errors, static error => Assert.NotEmpty(error.Problem));
            Assert.InRange(e.Errors.Count, 1, 51);
            return e.Errors.Count;
        }
    }
}
