using System.Runtime.InteropServices;
using System.Text.Json;
using Integration.Fhir.FhirPath.Values;
using Integration.Fhir.Validation;

namespace Integration.Fhir.FhirPath.Nodes;

/// <summary><c>.name</c>: the children of that name, a choice's whatever their type. A name that a type does not have gives nothing.</summary>
internal sealed class ChildStep(string name) : PathStep
{
    public string Name { get; } = name;

    public override void Apply(PathMachine machine, in Frame frame, int start, int count)
    {
        machine.Spend(count);
        for (var i = start; i < start + count; i++)
        {
            var item = machine[i];
            if (item.IsElement && (item.IsPrimitive ? ElementChildren.PrimitiveElement : item.Type).FindElement(Name) is { } element)
            {
                ElementChildren.PushOf(machine, item, element);
            }
        }
    }
}

/// <summary>Children of elements, read from JSON.</summary>
internal static class ElementChildren
{
    /// <summary>What a primitive's <c>_name</c> sibling holds: id and extensions.</summary>
    public static TypePlan PrimitiveElement { get; } = TypePlan.Of("Element");

    public static void PushOf(PathMachine machine, in PathItem item, ElementPlan element)
    {
        var json = item.IsPrimitive ? item.Sibling : item.Json;
        if (json.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var property in element.Properties)
        {
            if (property.Element.IsChoice)
            {
                PushChoice(machine, json, element, item.IsPrimitive ? PrimitiveElement : item.Type);
                return;
            }

            var value = JsonText.Find(json, property.Utf8Name);
            var sibling = property.HasSibling ? JsonText.Find(json, property.Utf8SiblingName) : default;
            Push(machine, value, sibling, property);
        }
    }

    /// <summary>All children in the order of the document, that of a primitive's value and sibling where the first of them stands.</summary>
    public static void PushAll(PathMachine machine, in PathItem item)
    {
        var type = item.IsPrimitive ? PrimitiveElement : item.Type;
        var json = item.IsPrimitive ? item.Sibling : item.Json;
        if (json.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var member in json.EnumerateObject())
        {
            if (JsonText.TryReadName(member, out var name) && type.Find(name, out var isSibling) is { } property)
            {
                var other = JsonText.Find(json, isSibling ? property.Utf8Name : property.Utf8SiblingName);
                if (!isSibling)
                {
                    Push(machine, member.Value, property.HasSibling ? other : default, property);
                }
                else if (other.ValueKind == JsonValueKind.Undefined)
                {
                    Push(machine, default, member.Value, property);
                }
            }
        }
    }

    /// <summary>A choice has one type of many, so the object's properties are gone through rather than the possible names.</summary>
    private static void PushChoice(PathMachine machine, JsonElement json, ElementPlan element, TypePlan type)
    {
        var name = element.Utf8Name;
        foreach (var member in json.EnumerateObject())
        {
            var raw = JsonMarshal.GetRawUtf8PropertyName(member);
            var isCandidate = raw.StartsWith(name) || (raw.Length > 1 && raw[0] == '_' && raw[1..].StartsWith(name)) || raw.Contains((byte)'\\');
            if (!isCandidate || !JsonText.TryReadName(member, out raw) || type.Find(raw, out var isSibling) is not { } property || property.Element != element.Element)
            {
                continue;
            }

            if (!isSibling)
            {
                Push(machine, member.Value, property.HasSibling ? JsonText.Find(json, property.Utf8SiblingName) : default, property);
            }
            else if (JsonText.Find(json, property.Utf8Name).ValueKind == JsonValueKind.Undefined)
            {
                Push(machine, default, member.Value, property);
            }
        }
    }

    private static void Push(PathMachine machine, JsonElement value, JsonElement sibling, PropertyPlan property)
    {
        if (value.ValueKind != JsonValueKind.Array && sibling.ValueKind != JsonValueKind.Array)
        {
            PushOne(machine, value, sibling, property);
            return;
        }

        var values = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : default;
        var siblings = sibling.ValueKind == JsonValueKind.Array ? sibling.EnumerateArray() : default;
        while (true)
        {
            var hasValue = values.MoveNext();
            var hasSibling = siblings.MoveNext();
            if (!hasValue && !hasSibling)
            {
                break;
            }

            PushOne(machine, hasValue ? values.Current : default, hasSibling ? siblings.Current : default, property);
        }
    }

    private static void PushOne(PathMachine machine, JsonElement value, JsonElement sibling, PropertyPlan property)
    {
        if (sibling.ValueKind != JsonValueKind.Object)
        {
            sibling = default;
        }

        if (value.ValueKind == JsonValueKind.Null)
        {
            value = default;
        }

        if (value.ValueKind == JsonValueKind.Undefined && sibling.ValueKind == JsonValueKind.Undefined)
        {
            return;
        }

        var type = property.IsResource ? TypePlan.OfResource(value) : property.Type;
        if (type is not null)
        {
            machine.Spend();
            machine.Push(PathItem.Element(value, sibling, type));
        }
    }
}
