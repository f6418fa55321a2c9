using System.Text;
using Integration.Fhir.FhirPath.Values;

namespace Integration.Fhir.FhirPath.Nodes;

/// <summary>A constant.</summary>
internal sealed class LiteralNode(PathItem value) : PathNode
{
    public PathItem Value { get; } = value;

    /// <summary>The text of a string constant as UTF-8, to be compared with a document's bytes; null for other constants.</summary>
    public byte[]? Utf8 { get; } = value.Kind == ItemKind.String ? Encoding.UTF8.GetBytes(value.Text) : null;

    public override void Evaluate(PathMachine machine, in Frame frame) => machine.Push(Value);

    public override Prediction Predict(in ElementPresence presence) =>
        Value.Kind == ItemKind.Boolean ? Predictions.Of(Value.Boolean) : Prediction.NotEmpty;
}

/// <summary><c>{}</c></summary>
internal sealed class EmptyNode : PathNode
{
    public override void Evaluate(PathMachine machine, in Frame frame)
    {
        // Nothing is the result.
    }

    public override Prediction Predict(in ElementPresence presence) => Prediction.Empty;
}

/// <summary><c>$this</c>, said or meant.</summary>
internal sealed class ThisNode : PathNode
{
    public override void Evaluate(PathMachine machine, in Frame frame) => machine.PushRange(frame.Start, frame.Count);

    // Of a primitive there may be extensions and no value, so nothing more is known of it.
    public override Prediction Predict(in ElementPresence presence) => Prediction.NotEmpty;
}

/// <summary><c>$index</c></summary>
internal sealed class IndexNode : PathNode
{
    public override void Evaluate(PathMachine machine, in Frame frame) => machine.Push(PathItem.Of((long)frame.Index));
}

/// <summary><c>$total</c></summary>
internal sealed class TotalNode : PathNode
{
    public override void Evaluate(PathMachine machine, in Frame frame) => machine.PushRange(frame.TotalStart, frame.TotalCount);
}

/// <summary>
/// A name that begins a path: an element of <c>$this</c>, or, as in <c>Patient.name</c>, the type that <c>$this</c> has (FHIRPath 2.0.0 §3.2).
/// </summary>
internal sealed class HeadNode(string name) : PathNode
{
    private readonly ChildStep _child = new(name);
    private readonly bool _mayBeType = char.IsAsciiLetterUpper(name[0]);

    public string Name { get; } = name;

    public override void Evaluate(PathMachine machine, in Frame frame)
    {
        machine.Spend();
        if (_mayBeType && frame.Count == 1 && machine[frame.Start] is { IsElement: true } item && item.Type.IsA(Name))
        {
            machine.Push(item);
            return;
        }

        _child.Apply(machine, frame, frame.Start, frame.Count);
    }

    public override Prediction Predict(in ElementPresence presence) =>
        _mayBeType && presence.Type.IsA(Name) ? Prediction.NotEmpty : presence.Of(Name);
}

/// <summary><c>%resource</c> and the like. FHIRPath 2.0.0 §9, FHIR R4 fhirpath.html §2.9.3 (variables).</summary>
internal sealed class ExternalNode : PathNode
{
    private const string ValueSetPrefix = "vs-";
    private const string ExtensionPrefix = "ext-";

    private readonly string _name;
    private readonly PathItem? _constant;

    /// <exception cref="KeyNotFoundException">There is no such variable.</exception>
    public ExternalNode(string name)
    {
        _name = name;
        _constant = name switch
        {
            "ucum" => PathItem.Of("http://unitsofmeasure.org"),
            "sct" => PathItem.Of("http://snomed.info/sct"),
            "loinc" => PathItem.Of("http://loinc.org"),
            "resource" or "rootResource" or "context" => null,
            _ when name.StartsWith(ValueSetPrefix, StringComparison.Ordinal) => PathItem.Of("http://hl7.org/fhir/ValueSet/" + name[ValueSetPrefix.Length..]),
            _ when name.StartsWith(ExtensionPrefix, StringComparison.Ordinal) => PathItem.Of("http://hl7.org/fhir/StructureDefinition/" + name[ExtensionPrefix.Length..]),
            _ => throw new KeyNotFoundException(name),
        };
    }

    public override void Evaluate(PathMachine machine, in Frame frame)
    {
        var item = _name switch
        {
            "resource" => machine.Resource,
            "rootResource" => machine.RootResource,
            "context" => machine[0],
            _ => _constant,
        };
        if (item is { } found)
        {
            machine.Push(found);
        }
    }

    public override Prediction Predict(in ElementPresence presence) => _constant is null ? Prediction.Unknown : Prediction.NotEmpty;
}
