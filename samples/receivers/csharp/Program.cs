// Takes the engine's events: checks the signature, keeps each event once, answers 204.
//
//     WEBHOOK_SECRET=… dotnet run --project samples/receivers/csharp -- 8090 events.ndjson
//
// Events are appended to the file, one JSON document a line, before they are answered: what was answered is kept.
using System.Globalization;
using System.Text.Json.Nodes;
using Receiver;

if (args is not [var portText, var path] || !int.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
    || Environment.GetEnvironmentVariable("WEBHOOK_SECRET") is not { Length: > 0 } secret)
{
    Console.Error.WriteLine("Usage: WEBHOOK_SECRET=… Receiver PORT FILE");
    return 2;
}

using var events = new KeptEvents(path);
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();   // nothing of the requests goes to the log
builder.WebHost.ConfigureKestrel(server =>
{
    server.ListenLocalhost(port);
    server.Limits.MaxRequestBodySize = 1024 * 1024;
});
var app = builder.Build();
app.MapPost("/{**path}", async (HttpRequest request, CancellationToken cancellationToken) =>
{
    using var buffer = new MemoryStream();
    await request.Body.CopyToAsync(buffer, cancellationToken);
    var body = buffer.ToArray();
    var headers = request.Headers;
    if (!Signature.IsOurs(secret, headers["Webhook-Timestamp"].ToString(), body, headers["Webhook-Signature"].ToString(), TimeProvider.System.GetUtcNow()))
    {
        return Results.Unauthorized();
    }

    events.Keep(JsonNode.Parse(body)!.AsObject());
    return Results.NoContent();
});
await app.RunAsync();
return 0;
