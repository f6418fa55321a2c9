using Integration.Fhir.FhirPath.Values;

namespace Integration.Fhir.FhirPath.Nodes;

/// <summary>A type's name in an expression: <c>Patient</c>, <c>FHIR.boolean</c>, <c>System.Boolean</c>, <c>Boolean</c>. FHIRPath 2.0.0 §6.3, §10.</summary>
internal sealed class TypeName
{
    private readonly string? _fhirName;
    private readonly ItemKind? _kind;

    /// <exception cref="KeyNotFoundException">There is no such type.</exception>
    public TypeName(string? space, string name)
    {
        // Without a name space FHIR's come first (FHIR R4 fhirpath.html §2.9.1).
        if (space is null or "FHIR" && FhirSchema.Find(name) is not null)
        {
            _fhirName = name;
        }
        else if (space is null or "System" && Enum.TryParse<ItemKind>(name, out var kind) && kind != ItemKind.Element)
        {
            _kind = kind;
        }
        else if (space is not null || !IsOtherType(name))
        {
            throw new KeyNotFoundException(name);
        }
    }

    public bool Matches(in PathItem item) => item.IsElement ? _fhirName is not null && item.Type.IsA(_fhirName) : item.Kind == _kind;

    /// <summary>Known of later releases only: nothing is of that type.</summary>
    private static bool IsOtherType(string name) => name is "Any" or "integer64" or "Base" or "DataType" or "BackboneType" or "PrimitiveType";
}

/// <summary><c>is</c> and <c>as</c> between an expression and a type's name.</summary>
internal sealed class TypeNode : PathNode
{
    private readonly PathNode _operand;
    private readonly TypeStep _step;

    public TypeNode(PathNode operand, TypeName type, bool isTest)
    {
        _operand = operand;
        _step = new TypeStep(type, isTest);
        Depth = 1 + operand.Depth;
    }

    public PathNode Operand => _operand;

    public override void Evaluate(PathMachine machine, in Frame frame)
    {
        var start = machine.Top;
        _operand.Evaluate(machine, frame);
        var end = machine.Top;
        _step.Apply(machine, frame, start, end - start);
        machine.Collapse(start, end);
    }

    public override Prediction Predict(in ElementPresence presence) => _step.Predict(_operand.Predict(presence), presence);
}

/// <summary>
/// <c>is(T)</c>, <c>as(T)</c> and <c>ofType(T)</c>. The specification lets <c>as</c> take one item only; R4's own invariants (dom-3) and
/// search parameters give it many, so it picks like ofType.
/// </summary>
internal sealed class TypeStep(TypeName type, bool isTest) : PathStep
{
    public override void Apply(PathMachine machine, in Frame frame, int start, int count)
    {
        machine.Spend(count);
        if (isTest)
        {
            if (count > 1)
            {
                throw new FhirPathException("'is' takes one value, there are several.");
            }

            if (count == 1)
            {
                machine.Push(type.Matches(machine[start]));
            }

            return;
        }

        for (var i = start; i < start + count; i++)
        {
            var item = machine[i];
            if (type.Matches(item))
            {
                machine.Push(item);
            }
        }
    }
}
