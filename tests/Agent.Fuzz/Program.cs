using System.Globalization;
using EbpfAgent.Fuzz.Objects;

// Damaged BPF objects, opened as the agent opens them. Every object has a number, which makes it again:
//   EbpfAgent.Agent.Fuzz FOLDER FIRST COUNT      COUNT objects from number FIRST on, in child processes; a crash or a hang is reported with its number
//   EbpfAgent.Agent.Fuzz FOLDER NUMBER save FILE writes one of them to a file
if (args is [var folder, var first, var count] && Number(first) is { } begin && Number(count) is { } many)
    return new ObjectFuzz(folder).Report(begin, many, Console.Out) == 0 ? 0 : 1;
if (args is [ObjectChild.Word, var from, var start, var end] && Number(start) is { } one && Number(end) is { } last)
    return ObjectChild.Run(DamagedObject.Sources(from), one, last);
if (args is [var fixtures, var wanted, "save", var file] && Number(wanted) is { } number)
{
    File.WriteAllBytes(file, DamagedObject.Make(DamagedObject.Sources(fixtures), number).Image);
    return 0;
}

Console.Error.WriteLine("usage: EbpfAgent.Agent.Fuzz FOLDER FIRST COUNT | FOLDER NUMBER save FILE");
return 2;

static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
