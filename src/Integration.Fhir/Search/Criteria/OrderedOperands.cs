namespace Integration.Fhir.Search.Criteria;

/// <summary>A date with the range that its precision stands for. FHIR R4 search.html §3.1.1.4.7.</summary>
/// <param name="Start">First instant of it.</param>
/// <param name="End">First instant behind it; null at the end of the calendar.</param>
/// <param name="Now">See <see cref="SearchPrefix.Ap"/>.</param>
public sealed record DateOperand(SearchPrefix Prefix, DateTimeOffset Start, DateTimeOffset? End, DateTimeOffset Now) : FhirSearchOperand
{
    public override bool Matches(FhirSearchValue value) => value is FhirDateValue date && Prefix switch
    {
        SearchPrefix.Eq => IsWithin(date),
        SearchPrefix.Ne => !IsWithin(date),
        SearchPrefix.Gt => ReachesBehind(date),
        SearchPrefix.Lt => BeginsBefore(date),
        SearchPrefix.Ge => ReachesBehind(date) || IsWithin(date),
        SearchPrefix.Le => BeginsBefore(date) || IsWithin(date),
        SearchPrefix.Sa => date.Start >= End,
        SearchPrefix.Eb => date.End <= Start,
        _ => IsNear(date),
    };

    private bool IsWithin(FhirDateValue date) => date.Start >= Start && (End is null || date.End <= End);

    private bool ReachesBehind(FhirDateValue date) => End is not null && (date.End is null || date.End > End);

    private bool BeginsBefore(FhirDateValue date) => date.Start is null || date.Start < Start;

    private bool IsNear(FhirDateValue date)
    {
        var slack = (Now - Start).Duration() / 10;
        return (date.End is null || date.End > Start - slack) && (date.Start is null || End is null || date.Start < End + slack);
    }
}

/// <summary>A number with the range that its written digits stand for. FHIR R4 search.html §3.1.1.4.5.</summary>
/// <remarks>A written number of the resource is the middle of its range; open ends (<c>&lt;5</c>) and ranges count from end to end.</remarks>
/// <param name="Value">The number itself: what the prefixes but eq and ne compare with.</param>
public sealed record NumberOperand(SearchPrefix Prefix, decimal Value, decimal Low, decimal High) : FhirSearchOperand
{
    public override bool Matches(FhirSearchValue value) => value is FhirNumberValue number && Matches(number.Low, number.High);

    internal bool Matches(decimal? low, decimal? high)
    {
        if (low is { } from && high is { } to)
        {
            low = high = from + ((to - from) / 2);
        }

        return Prefix switch
        {
            SearchPrefix.Eq => IsWithin(low, high),
            SearchPrefix.Ne => !IsWithin(low, high),
            SearchPrefix.Gt => high is null || high > Value,
            SearchPrefix.Ge => high is null || high >= Value,
            SearchPrefix.Lt => low is null || low < Value,
            SearchPrefix.Le => low is null || low <= Value,
            SearchPrefix.Sa => low > Value,
            SearchPrefix.Eb => high < Value,
            _ => (high is null || high >= Value - (Math.Abs(Value) / 10)) && (low is null || low <= Value + (Math.Abs(Value) / 10)),
        };
    }

    private bool IsWithin(decimal? low, decimal? high) => low >= Low && high < High;
}

/// <summary>A number with its unit. FHIR R4 search.html §3.1.1.4.11; units are compared as written, not converted.</summary>
/// <param name="System">Null: any.</param>
/// <param name="Unit">Code, or without a system also the unit as shown; null: any.</param>
public sealed record QuantityOperand(NumberOperand Number, string? System, string? Unit) : FhirSearchOperand
{
    public override bool Matches(FhirSearchValue value) => value is FhirQuantityValue quantity
        && (Unit is null || quantity.Code == Unit || (System is null && quantity.Unit == Unit))
        && (System is null || quantity.System == System)
        && Number.Matches(quantity.Low, quantity.High);
}
