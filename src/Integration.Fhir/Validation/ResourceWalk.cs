using System.Text;
using System.Text.Json;
using Integration.Fhir.FhirPath;

namespace Integration.Fhir.Validation;

/// <summary>
/// One validation of one value. Each object is read twice: <see cref="Collect"/> sorts its properties into slots, then its type's elements
/// are gone through in the order of the definition. Time and memory grow with the size of the input only. For one thread.
/// </summary>
internal sealed class ResourceWalk : IDisposable
{
    /// <summary>Objects within objects. R4 instances stay far below; more would risk the stack.</summary>
    public const int MaxDepth = 256;

    /// <summary>A document with more findings than this is not looked at further: nobody reads them, and they cost memory.</summary>
    public const int MaxIssues = 1000;

    private const int LongestNameShown = 64;

    private readonly List<FhirIssue> _issues = [];
    private readonly InvariantWalk _invariants;

    /// <summary>Value and sibling of each property of the objects that are open, one object's after the other's.</summary>
    private JsonElement[] _slots = new JsonElement[256];

    private int _slotsUsed;
    private int _depth;
    private ContainedResources _contained = new(default);

    public ResourceWalk() => _invariants = new InvariantWalk(this);

    public ElementPath Path { get; } = new();

    public InvariantWalk Invariants => _invariants;

    public IReadOnlyList<FhirIssue> Issues => _issues;

    /// <summary>The resources that a reference to <c>#id</c> may name.</summary>
    public ContainedResources Contained => _contained;

    /// <summary>Nothing more is reported, so loops over input end early.</summary>
    public bool IsFull => _issues.Count >= MaxIssues;

    public void Error(string code, string text) => Report(FhirIssueSeverity.Error, code, text);

    public void Warning(string code, string text) => Report(FhirIssueSeverity.Warning, code, text);

    /// <summary>An invariant does not hold at the place of the walk.</summary>
    public void Broken(FhirConstraint constraint) => Report(constraint.Severity, "invariant", $"{constraint.Human} ({constraint.Key})", constraint.Key);

    public void Dispose() => _invariants.Dispose();

    public void ErrorAt(string child, string code, string text)
    {
        Path.Push(child);
        Error(code, text);
        Path.Pop();
    }

    /// <summary>Validates a value of a datatype or backbone element that the caller names.</summary>
    public void Datatype(JsonElement value, string typeName)
    {
        Path.Push(typeName);
        if (value.ValueKind == JsonValueKind.Object)
        {
            Object(TypePlan.Of(typeName), value, hasValue: false);
        }
        else
        {
            Error("structure", $"A value of type {typeName} is a JSON object.");
        }
    }

    /// <summary>Validates a resource of the type that it names itself.</summary>
    public void Resource(JsonElement value, bool isRoot)
    {
        var plan = TypePlan.OfResource(value);
        if (isRoot)
        {
            _contained = new ContainedResources(value);
            _invariants.RootResource = value;
            Path.Push(plan?.Type.Name ?? "Resource");
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            Error("structure", "A resource is a JSON object.");
        }
        else if (plan is null)
        {
            Error("structure", JsonText.Find(value, "resourceType"u8).ValueKind == JsonValueKind.String
                ? "The 'resourceType' is not a resource of FHIR R4."
                : "The resource has no 'resourceType' that is a string.");
        }
        else
        {
            ResourceOf(plan, value);
        }
    }

    /// <summary>The id and extensions of a primitive, from its <c>_name</c> property.</summary>
    public void Sibling(JsonElement value, bool hasValue) => Object(TypePlan.Of("Element"), value, hasValue);

    private void ResourceOf(TypePlan plan, JsonElement value)
    {
        var (resource, resolver) = (_invariants.Resource, _invariants.Resolver);
        _invariants.Resource = value;
        if (plan.Type.Name == "Bundle")
        {
            _invariants.Resolver = new ReferenceResolver(value);
        }

        Object(plan, value, hasValue: false);
        (_invariants.Resource, _invariants.Resolver) = (resource, resolver);
    }

    /// <param name="hasValue">The object belongs to a primitive that has a value, so that an id alone is enough.</param>
    private void Object(TypePlan plan, JsonElement value, bool hasValue)
    {
        if (_depth == MaxDepth)
        {
            Error("too-costly", $"The element is nested more than {MaxDepth} objects deep and was not checked.");
            return;
        }

        _depth++;
        var frame = _slotsUsed;
        var size = 2 * plan.PropertyCount;
        _slotsUsed += size;
        if (_slotsUsed > _slots.Length)
        {
            Array.Resize(ref _slots, 2 * _slotsUsed);
        }

        Array.Clear(_slots, frame, size);
        var presence = Collect(plan, value, frame, hasValue, out var isCertain);
        foreach (var element in plan.Elements)
        {
            if (IsFull)
            {
                break;
            }

            Element(element, frame);
        }

        if (plan.Invariants is not null && !IsFull)
        {
            _invariants.Type(plan, value, presence, isCertain);
        }

        _slotsUsed = frame;
        _depth--;
    }

    /// <summary>Puts each property into its slot; reports unknown and doubled ones, and an object without content (ele-1).</summary>
    /// <param name="isCertain">Whether the result says all about which elements are present.</param>
    /// <returns>The bits of the elements that invariants look at and that have an item.</returns>
    private ulong Collect(TypePlan plan, JsonElement value, int frame, bool hasValue, out bool isCertain)
    {
        var isResource = plan.Type.Kind == FhirTypeKind.Resource;
        var hasContent = isResource;
        var hasId = false;
        var presence = 0UL;
        isCertain = true;
        foreach (var member in value.EnumerateObject())
        {
            if (IsFull)
            {
                return presence;
            }

            if (!JsonText.TryReadName(member, out var name))
            {
                Error("structure", "The element has a property whose name is not valid Unicode.");
                continue;
            }

            if (plan.Find(name, out var isSibling) is { } property)
            {
                hasContent |= !property.IsId;
                hasId |= property.IsId;
                ref var slot = ref _slots[frame + (2 * property.Slot) + (isSibling ? 1 : 0)];
                if (slot.ValueKind != JsonValueKind.Undefined)
                {
                    ErrorAt(property.Element.Name, "structure", "The property occurs more than once in its object.");
                    isCertain = false;
                }

                slot = member.Value;
                if (property.Plan.WatchBit is >= 0 and var bit)
                {
                    presence |= 1UL << bit;
                    isCertain &= HasItem(slot);
                }
            }
            else if (!isResource || !name.SequenceEqual("resourceType"u8))
            {
                hasContent = true;
                Unknown(name, plan.Type);
            }
        }

        if (!hasContent && !(hasValue && hasId))
        {
            Report(FhirIssueSeverity.Error, "invariant", "An element has a value or children; an empty one is left out. (ele-1)", "ele-1");
        }

        return presence;
    }

    /// <summary>Whether the value surely is an item in FHIRPath: not null, nor an array that is empty or begins with null.</summary>
    private static bool HasItem(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => false,
        JsonValueKind.Array => value.GetArrayLength() > 0 && value[0].ValueKind != JsonValueKind.Null,
        _ => true,
    };

    private void Unknown(ReadOnlySpan<byte> name, FhirType type)
    {
        var text = $"{type.Name} has no element of this name in FHIR R4.";
        if (IsShowable(name))
        {
            ErrorAt(Encoding.ASCII.GetString(name), "structure", text);
        }
        else
        {
            Error("structure", text);
        }
    }

    /// <summary>A name that could be an element's; anything else could be data that went astray and stays out of reports.</summary>
    private static bool IsShowable(ReadOnlySpan<byte> name)
    {
        foreach (var b in name)
        {
            if (!char.IsAsciiLetterOrDigit((char)b) && b != '_')
            {
                return false;
            }
        }

        return name.Length is > 0 and <= LongestNameShown;
    }

    private void Element(ElementPlan plan, int frame)
    {
        var alternatives = 0;
        Path.Push(plan.Element.Name);
        foreach (var property in plan.Properties)
        {
            var value = _slots[frame + (2 * property.Slot)];
            var sibling = _slots[frame + (2 * property.Slot) + 1];
            if (value.ValueKind == JsonValueKind.Undefined && sibling.ValueKind == JsonValueKind.Undefined)
            {
                continue;
            }

            if (++alternatives == 2)
            {
                Error("structure", $"Only one type of {plan.Element.Name}[x] may be present.");
            }

            if (property.IsPrimitive)
            {
                PrimitiveWalk.Property(this, property, value, sibling);
            }
            else
            {
                Complex(property, value);
            }
        }

        if (alternatives == 0 && plan.Element.Min > 0)
        {
            Error("required", $"The required element '{plan.Element.Name}' is missing.");
        }

        Path.Pop();
    }

    private void Complex(PropertyPlan property, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            if (property.Element.IsArray)
            {
                Error("structure", "The element repeats, so its value is a JSON array.");
            }

            Item(property, value);
            return;
        }

        if (!property.Element.IsArray)
        {
            Error("structure", "The element does not repeat, so its value is not a JSON array.");
        }

        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (IsFull)
            {
                break;
            }

            Path.SetIndex(index++);
            Item(property, item);
        }

        Path.ClearIndex();
        if (index == 0)
        {
            Error("structure", "An array is never empty; leave the element out.");
        }
    }

    private void Item(PropertyPlan property, JsonElement value)
    {
        if (property.IsResource)
        {
            NestedResource(property, value);
        }
        else if (value.ValueKind != JsonValueKind.Object)
        {
            Error("structure", value.ValueKind == JsonValueKind.Null
                ? "null stands only in arrays of primitives."
                : $"A value of type {property.Type.Type.Name} is a JSON object.");
        }
        else
        {
            Object(property.Type, value, hasValue: false);
            Bindings.CheckConcept(this, property, value);
            if (property.IsReference)
            {
                References.Check(this, property.Element, value);
            }
        }

        if (property.Plan.Invariants.Length > 0)
        {
            _invariants.Element(property, value, default);
        }
    }

    /// <summary>A contained resource shares the scope of <c>#id</c> with its container; any other nested resource opens its own.</summary>
    private void NestedResource(PropertyPlan property, JsonElement value)
    {
        var (contained, root) = (_contained, _invariants.RootResource);
        if (property.JsonName != "contained")
        {
            _contained = new ContainedResources(value);
            _invariants.RootResource = value;
        }

        Resource(value, isRoot: false);
        (_contained, _invariants.RootResource) = (contained, root);
    }

    private void Report(FhirIssueSeverity severity, string code, string text, string? key = null)
    {
        if (_issues.Count < MaxIssues - 1)
        {
            _issues.Add(new FhirIssue(severity, code, Path.ToString(), text, key));
        }
        else if (!IsFull)
        {
            _issues.Add(new FhirIssue(FhirIssueSeverity.Error, "too-costly", Path.ToString(), "There are more findings; the check stopped here."));
        }
    }
}
