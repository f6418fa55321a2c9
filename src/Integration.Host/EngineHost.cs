namespace Integration.Host;

/// <summary>Builds and runs the one process.</summary>
internal static class EngineHost
{
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateBuilder(args);
        var app = builder.Build();
        await app.RunAsync(cancellationToken);
        return 0;
    }
}
