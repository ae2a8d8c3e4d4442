Console.WriteLine("ebpf-agent");
