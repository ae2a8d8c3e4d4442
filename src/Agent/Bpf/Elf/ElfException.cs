namespace EbpfAgent.Bpf.Elf;

/// <summary>What is wrong with an ELF file, without the file's name.</summary>
internal sealed class ElfException(string message) : Exception(message);
