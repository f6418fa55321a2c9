using Integration.Host.Commands;

return await CommandLine.RunAsync(args);
