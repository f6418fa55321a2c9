using Integration.Host.Api.Query;
using Integration.Host.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Integration.Host.Api;

/// <summary>What <c>/openapi/v1.json</c> says beyond the addresses: how to get in, what the query takes, how errors look.</summary>
internal static class ApiDescription
{
    private const string Bearer = "Bearer";

    private static readonly (int Status, string Meaning)[] ProblemsOfAll =
    [
        (StatusCodes.Status400BadRequest, "A query parameter is unknown or cannot be used; `errors` names each."),
        (StatusCodes.Status401Unauthorized, "No key, or one that nobody holds."),
        (StatusCodes.Status429TooManyRequests, "Too many wrong keys from this address; wait as long as Retry-After says."),
        (StatusCodes.Status500InternalServerError, "A fault of the engine; report `correlationId`."),
        (StatusCodes.Status503ServiceUnavailable, "The store cannot be read now."),
    ];

    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            Introduce(document);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(CompleteAsync);
        options.AddSchemaTransformer((schema, context, _) =>
        {
            // Times have a converter of ours, which hides from the generator that they are texts.
            if (schema.Format == "date-time")
            {
                schema.Type = JsonSchemaType.String | (context.JsonTypeInfo.Type == typeof(DateTimeOffset?) ? JsonSchemaType.Null : 0);
            }

            return Task.CompletedTask;
        });
    }

    private static void Introduce(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Hospital integration engine",
            Version = "v1",
            Description = "Reads the patient-360 record and the journal of messages it was made from. Times are UTC. Lists are paged: send `next` as `after` "
                + "until it is null. Errors are problem details (RFC 9457) whose `type` never changes.",
        };
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Schemes.ApiKey] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Header,
            Name = ApiKeyAuthentication.Header,
            Description = "A key of `Security:ApiKeys`, or the one shown at the first start.",
        };
        document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "The same key as a bearer token.",
        };
    }

    private static async Task CompleteAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        foreach (var parameter in metadata.OfType<QueryContract>().SelectMany(contract => contract.Parameters))
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = parameter.Name,
                In = ParameterLocation.Query,
                Description = parameter.Description,
                Schema = parameter.Schema(),
            });
        }

        if (metadata.OfType<IAllowAnonymous>().Any())
        {
            return;
        }

        operation.Security =
        [
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Schemes.ApiKey, context.Document)] = [] },
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] },
        ];
        var problem = await context.GetOrCreateSchemaAsync(typeof(ProblemDetails), cancellationToken: cancellationToken);
        context.Document!.AddComponent(nameof(ProblemDetails), problem);
        foreach (var (status, meaning) in ProblemsOfAll)
        {
            (operation.Responses ??= []).TryAdd(status.ToString(System.Globalization.CultureInfo.InvariantCulture), new OpenApiResponse
            {
                Description = meaning,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(nameof(ProblemDetails), context.Document) },
                },
            });
        }
    }
}
