using Integration.Benchmarks;

return await Verbs.RunAsync(args);
