using System.Globalization;
using System.Runtime.InteropServices;
using Integration.DocumentDb;

// A server that MongoDB's drivers take for MongoDB, for tests: PostgreSQL with DocumentDB behind a gateway that speaks the wire protocol.
//
//   Integration.DocumentDb ROOT [--port N] [--folder NAME] [--standalone]
//
// ROOT is what documentdb-root built. Prints "uri mongodb://…" and "postgres PID" when it takes connections, and goes on until its input ends
// or it is told to stop; then its data goes too, unless --folder named it: a later start with the same name finds it again.
// --standalone says of itself that it is no replica set, as a MongoDB that was only installed does.
var options = args.Skip(1).ToList();
var folder = ValueOf("--folder");
var port = int.Parse(ValueOf("--port") ?? "0", CultureInfo.InvariantCulture);
using var stop = new CancellationTokenSource();
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);

await using var postgres = await PostgresServer.StartAsync(args[0], folder, stop.Token);
await using var gateway = new Gateway(postgres.ConnectionString, port, isStandalone: options.Contains("--standalone"));
await gateway.PrepareAsync(stop.Token);
var serving = gateway.ServeAsync(stop.Token);
Console.WriteLine($"postgres {postgres.ProcessId}");
Console.WriteLine($"uri mongodb://127.0.0.1:{gateway.Port}/{(options.Contains("--standalone") ? "" : $"?replicaSet={Gateway.ReplicaSet}")}");

var inputEnds = Task.Run(async () =>
{
    while (await Console.In.ReadLineAsync(stop.Token) is not null)
    {
    }
});
await Task.WhenAny(inputEnds, serving);
await stop.CancelAsync();
await serving;

string? ValueOf(string name) => options.IndexOf(name) is var at and >= 0 && at + 1 < options.Count ? options[at + 1] : null;

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
