namespace Integration.Host.Api.Query;

/// <summary>The query parameters that an address takes, as endpoint metadata.</summary>
internal sealed record QueryContract(IReadOnlyList<QueryParameter> Parameters);

/// <summary>The query of one request, checked against its <see cref="QueryContract"/>. Handlers take it as a parameter.</summary>
internal sealed class QueryValues
{
    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);
    private readonly List<ParameterError> _errors = [];
    private readonly IReadOnlyList<QueryParameter> _parameters;

    private QueryValues(IReadOnlyList<QueryParameter> parameters, IQueryCollection query)
    {
        _parameters = parameters;
        foreach (var (name, values) in query)
        {
            if (parameters.FirstOrDefault(p => p.Name == name) is not { } parameter)
            {
                _errors.Add(Unknown(name));
            }
            else if (values is not [{ } text])
            {
                _errors.Add(new(name, "It is sent more than once. Send it once."));
            }
            else if (string.IsNullOrWhiteSpace(text))
            {
                _errors.Add(new(name, $"It is empty. Leave it out, or send {parameter.Allowed}."));
            }
            else if (parameter.Read(text) is { } value)
            {
                _values[name] = value;
            }
            else
            {
                _errors.Add(new(name, $"It must be {parameter.Allowed}.", parameter.Values));
            }
        }
    }

    /// <summary>Everything wrong with the query; handlers run only when there is nothing.</summary>
    public IReadOnlyList<ParameterError> Errors => _errors;

    /// <summary>Called by the framework.</summary>
    public static ValueTask<QueryValues> BindAsync(HttpContext context) => new(Of(context));

    /// <summary>The query of the request, read once.</summary>
    public static QueryValues Of(HttpContext context)
    {
        if (context.Items[typeof(QueryValues)] is not QueryValues values)
        {
            var contract = context.GetEndpoint()?.Metadata.GetMetadata<QueryContract>();
            values = new QueryValues(contract?.Parameters ?? [], context.Request.Query);
            context.Items[typeof(QueryValues)] = values;
        }

        return values;
    }

    /// <summary>Null when not sent.</summary>
    public string? Text(string name) => _values.GetValueOrDefault(name) as string;

    /// <summary>Null when not sent. UTC.</summary>
    public DateTimeOffset? Time(string name) => _values.GetValueOrDefault(name) as DateTimeOffset?;

    public int Limit => _values.GetValueOrDefault("limit") as int? ?? _parameters.First(p => p.Name == "limit").Usual ?? 1;

    public string? After => Text("after");

    private ParameterError Unknown(string name) => _parameters.Count == 0
        ? new(NameToShow(name), "This address takes no query parameters.", [])
        : new(NameToShow(name), $"There is no such parameter here. There are: {string.Join(", ", _parameters.Select(p => p.Name))}.",
            [.. _parameters.Select(p => p.Name)]);

    // What stands before "=" may be anything, a pasted value included; a long one is cut.
    private static string NameToShow(string name) => name.Length <= 40 ? name : name[..40] + "…";
}

/// <summary>Lets endpoints declare and check their query.</summary>
internal static class QueryContractExtensions
{
    /// <summary>The address takes these parameters and no others.</summary>
    public static RouteHandlerBuilder TakesQuery(this RouteHandlerBuilder endpoint, params IReadOnlyList<QueryParameter> parameters) =>
        endpoint.WithMetadata(new QueryContract(parameters));

    /// <summary>Answers 400 when a query does not fit the contract of its endpoint; an endpoint without one takes no query.</summary>
    public static RouteGroupBuilder CheckQueries(this RouteGroupBuilder group)
    {
        group.AddEndpointFilter(CheckAsync);
        return group;
    }

    private static async ValueTask<object?> CheckAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var query = QueryValues.Of(invocation.HttpContext);
        if (query.Errors.Count > 0)
        {
            return ApiProblem.InvalidParameters(invocation.HttpContext, query.Errors);
        }

        try
        {
            return await next(invocation);
        }
        catch (ArgumentException e) when (query.After is not null && e.GetType() == typeof(ArgumentException))
        {
            // Only the store can tell whether a page token is one of this query, and it refuses others in this way.
            return ApiProblem.InvalidParameters(invocation.HttpContext, [new(QueryParameter.After.Name, $"It must be {QueryParameter.After.Allowed}.")]);
        }
    }
}
