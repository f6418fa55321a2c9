using System.IO.Pipelines;
using Integration.Adapters.Device;
using Integration.Host.Api.Views;
using Integration.Host.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Integration.Host.Api;

/// <summary>The door for readings of devices: the key says which gateway posts.</summary>
internal static class VitalsApi
{
    public static void MapVitals(this IEndpointRouteBuilder root) =>
        root.MapPost("/api/v1/vitals", AcceptAsync).RequireAuthorization(Policies.HandOver).WithTags("Devices").WithName("postVitals")
            .WithSummary("Hand over one reading of a device, or a list of readings")
            .WithDescription("What is answered as accepted is durable. Post the same again whenever the answer is missing: each reading counts once. See docs/devices.md.")
            .Accepts<ReadingRequest[]>("application/json")
            .Produces<ReadingsView>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity).ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Accepted<ReadingsView>, ProblemHttpResult>> AcceptAsync(
        HttpContext context, DeviceGateways gateways, CancellationToken cancellationToken)
    {
        if (gateways.Find(context.User.Identity?.Name ?? "") is not { } gateway)
        {
            return ApiProblem.Forbidden(context, "This key is of no gateway that takes readings now: name its holder as KeyHolder of an enabled Device.Http feed.");
        }

        if (await ReadAsync(context.Request.BodyReader, gateway.MaxBodyBytes, cancellationToken) is not { } body)
        {
            return ApiProblem.TooLong(context, $"At most {gateway.MaxBodyBytes} bytes are taken at once. Post fewer readings.");
        }

        var answer = await gateway.AcceptAsync(body, cancellationToken);
        return answer switch
        {
            { RefusedBecause: { } reason } => ApiProblem.NotTaken(context, reason),
            { Accepted.Count: 0 } => ApiProblem.NoReading(context, answer.Errors),
            _ => TypedResults.Accepted((string?)null, ReadingsView.Of(answer)),
        };
    }

    /// <returns>Null when it is longer than allowed.</returns>
    private static async ValueTask<byte[]?> ReadAsync(PipeReader reader, int most, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            foreach (var segment in read.Buffer)
            {
                if (body.Length + segment.Length > most)
                {
                    return null;
                }

                body.Write(segment.Span);
            }

            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return body.ToArray();
            }
        }
    }
}
