using System.Text.Json;
using Integration.Fhir.FhirPath;
using Integration.Fhir.FhirPath.Values;

namespace Integration.Fhir.Validation;

/// <summary>
/// Evaluates the invariants of one walk. One that comes out empty is not broken: what cannot be decided, such as the order of dates of
/// different precision, is no finding. For one thread.
/// </summary>
internal sealed class InvariantWalk(ResourceWalk walk) : IDisposable
{
    /// <summary>More than this many that cannot be evaluated say no more than the first ones.</summary>
    private const int MaxFailures = 20;

    private PathMachine? _machine;
    private int _failures;
    private bool _isOff;

    /// <summary>The resource that the walk is in, and the one that contains it; undefined outside resources.</summary>
    public JsonElement Resource { get; set; }

    public JsonElement RootResource { get; set; }

    /// <summary>Looks in the innermost Bundle around the resource.</summary>
    public ReferenceResolver Resolver { get; set; } = ReferenceResolver.NoBundle;

    public void Type(TypePlan type, JsonElement value, ulong presence, bool isCertain)
    {
        foreach (var (invariant, isBroken) in type.Invariants!.Open(presence, isCertain))
        {
            if (isBroken)
            {
                walk.Broken(invariant.Constraint);
            }
            else
            {
                Check(invariant, PathItem.Element(value, default, type));
            }
        }
    }

    public void Element(PropertyPlan property, JsonElement value, JsonElement sibling)
    {
        if ((property.IsResource ? TypePlan.OfResource(value) : property.Type) is not { } type)
        {
            return;
        }

        foreach (var invariant in property.Plan.Invariants)
        {
            Check(invariant, PathItem.Element(value, sibling, type));
        }
    }

    public void Dispose() => _machine?.Return();

    private static PathItem? ItemOf(JsonElement resource) =>
        TypePlan.OfResource(resource) is { } type ? PathItem.Element(resource, default, type) : null;

    private void Check(Invariant invariant, in PathItem item)
    {
        if (_isOff || walk.IsFull)
        {
            return;
        }

        var machine = _machine ??= PathMachine.Rent();
        machine.Resource = ItemOf(Resource);
        machine.RootResource = ItemOf(RootResource);
        machine.Resolver = Resolver;
        try
        {
            invariant.Expression.EvaluateOn(machine, item);
            if (machine.PopTruth(1) == false)
            {
                walk.Broken(invariant.Constraint);
            }
        }
        catch (FhirPathLimitException)
        {
            _isOff = true;
            walk.Error("too-costly", $"{invariant.Constraint.Key} and the invariants after it take more steps than a validation may and were not checked.");
        }
        catch (FhirPathException)
        {
            // The structure that makes an official expression fail is reported in its own right.
            walk.Warning("processing", $"{invariant.Constraint.Key} could not be evaluated on this structure.");
            _isOff = ++_failures == MaxFailures;
        }
    }
}
