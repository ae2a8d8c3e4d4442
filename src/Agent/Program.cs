using EbpfAgent.Hosting;

return await CommandLine.RunAsync(args, Console.Out, Console.Error);
