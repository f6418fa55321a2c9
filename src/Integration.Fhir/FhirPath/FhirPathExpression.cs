using System.Text.Json;
using Integration.Fhir.FhirPath.Nodes;
using Integration.Fhir.FhirPath.Parsing;
using Integration.Fhir.FhirPath.Values;
using Integration.Fhir.Validation;

namespace Integration.Fhir.FhirPath;

/// <summary>
/// A FHIRPath expression (2.0.0, N1, with the additions of FHIR R4 fhirpath.html), compiled once and evaluated on any number of resources.
/// Immutable; safe for many threads.
/// </summary>
public sealed class FhirPathExpression
{
    private FhirPathExpression(string text, PathNode root, IReadOnlySet<string> headNames) => (Text, Root, HeadNames) = (text, root, headNames);

    /// <summary>As it was given.</summary>
    public string Text { get; }

    internal PathNode Root { get; }

    /// <summary>The names that begin a path.</summary>
    internal IReadOnlySet<string> HeadNames { get; }

    /// <exception cref="FhirPathSyntaxException">The text is no expression (its position says where), or it is longer than 32,768 characters or 200 levels deep.</exception>
    public static FhirPathExpression Compile(string text)
    {
        var root = Parser.Parse(text, out var headNames);
        return new FhirPathExpression(text, root, headNames);
    }

    /// <summary>Evaluates on a resource, or on an element whose type the context names.</summary>
    /// <returns>In the order the expression gives; empty when there is nothing.</returns>
    /// <exception cref="FhirPathException">The expression asks for what the data cannot give; <see cref="FhirPathLimitException"/> when it takes too long.</exception>
    /// <exception cref="ArgumentException">The element is no resource of R4 and the context names no type.</exception>
    public IReadOnlyList<FhirPathValue> Evaluate(JsonElement element, FhirPathContext? context = null)
    {
        context ??= FhirPathContext.None;
        var machine = PathMachine.Rent();
        try
        {
            Prepare(machine, element, context);
            EvaluateOn(machine, ItemOf(element, context.TypeName));
            foreach (var function in machine.NotChecked ?? [])
            {
                context.NotChecked?.Invoke(function);
            }

            return FhirPathValue.TakeFrom(machine, 1);
        }
        finally
        {
            machine.Return();
        }
    }

    /// <summary>Evaluates a condition. Null when the result is empty; one item that is no truth counts as true.</summary>
    /// <exception cref="FhirPathException">As <see cref="Evaluate"/>, and when there are several items.</exception>
    public bool? IsTrue(JsonElement element, FhirPathContext? context = null)
    {
        context ??= FhirPathContext.None;
        var machine = PathMachine.Rent();
        try
        {
            Prepare(machine, element, context);
            EvaluateOn(machine, ItemOf(element, context.TypeName));
            return machine.PopTruth(1);
        }
        finally
        {
            machine.Return();
        }
    }

    public override string ToString() => Text;

    /// <summary>Leaves the item at 0 of the machine's stack and the result above it.</summary>
    internal void EvaluateOn(PathMachine machine, in PathItem item)
    {
        machine.Truncate(0);
        machine.Push(item);
        Root.Evaluate(machine, new Frame(0, 1));
    }

    private static void Prepare(PathMachine machine, JsonElement element, FhirPathContext context)
    {
        var isResource = context.TypeName is null;
        var resource = context.Resource.ValueKind == JsonValueKind.Object ? context.Resource : isResource ? element : default;
        var root = context.RootResource.ValueKind == JsonValueKind.Object ? context.RootResource : resource;
        machine.Resource = resource.ValueKind == JsonValueKind.Object ? ItemOf(resource, null) : null;
        machine.RootResource = root.ValueKind == JsonValueKind.Object ? ItemOf(root, null) : null;
        machine.Resolver = new ReferenceResolver(context.Bundle.ValueKind == JsonValueKind.Object ? context.Bundle : root);
        machine.Trace = context.Trace;
        if (context.Time is { } time)
        {
            machine.Now = time.GetLocalNow();
        }
    }

    private static PathItem ItemOf(JsonElement element, string? typeName)
    {
        var type = typeName is null ? TypePlan.OfResource(element) : FhirSchema.Find(typeName) is null ? null : TypePlan.Of(typeName);
        return type is null
            ? throw new ArgumentException(typeName is null ? "The element is no resource of FHIR R4." : $"'{typeName}' is no type of FHIR R4.", nameof(element))
            : PathItem.Element(element, default, type);
    }
}
