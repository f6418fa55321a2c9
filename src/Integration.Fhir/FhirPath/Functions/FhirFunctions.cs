using System.Text;
using System.Text.Json;
using Integration.Fhir.FhirPath.Nodes;
using Integration.Fhir.FhirPath.Values;
using Integration.Fhir.Validation;

namespace Integration.Fhir.FhirPath.Functions;

/// <summary>Walking the tree (FHIRPath 2.0.0 §5.8, repeat §5.2.3) and what FHIR adds (R4 fhirpath.html §2.9.2).</summary>
internal static class FhirFunctions
{
    private static readonly FunctionBody Children = (m, in _, s, n, _) =>
    {
        for (var i = s; i < s + n; i++)
        {
            PushChildren(m, i);
        }
    };

    public static IEnumerable<Function> All =>
    [
        new("children", 0, 0, Children),
        new("descendants", 0, 0, Descendants),
        new("repeat", 1, 1, Repeat),
        new("extension", 1, 1, Extension),
        new("ordinal", 0, 0, Ordinal),
        new("weight", 0, 0, Ordinal),
        new("hasValue", 0, 0, (m, in _, s, n, _) => m.Push(n == 1 && (!m[s].IsElement || (m[s].IsPrimitive && m[s].HasValue))), Prediction.False),
        new("getValue", 0, 0, GetValue),
        new("resolve", 0, 0, Resolve),
        new("htmlChecks", 0, 0, HtmlChecks),
        new("memberOf", 1, 1, (m, in _, _, n, _) => NotChecked(m, n, "memberOf")),
        new("conformsTo", 1, 1, (m, in _, _, n, _) => NotChecked(m, n, "conformsTo")),
        new("subsumes", 1, 1, (m, in _, _, n, _) => NotChecked(m, n, "subsumes")),
        new("subsumedBy", 1, 1, (m, in _, _, n, _) => NotChecked(m, n, "subsumedBy")),
    ];

    private static void PushChildren(PathMachine machine, int at)
    {
        machine.Spend();
        var item = machine[at];
        if (item.IsElement)
        {
            ElementChildren.PushAll(machine, item);
        }
    }

    /// <summary>Level by level: what is found goes behind what is still to be looked into, so depth costs no recursion.</summary>
    private static void Descendants(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        Children(machine, frame, start, count, arguments);
        for (var i = start + count; i < machine.Top; i++)
        {
            PushChildren(machine, i);
        }
    }

    private static void Repeat(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        var results = machine.Top;
        for (var i = 0; i < count; i++)
        {
            AddNew(machine, results, start + i, arguments[0]);
        }

        for (var i = results; i < machine.Top; i++)
        {
            AddNew(machine, results, i, arguments[0]);
        }
    }

    /// <summary>Adds what the projection gives for one item and is not among the results yet.</summary>
    private static void AddNew(PathMachine machine, int results, int at, PathNode projection)
    {
        machine.Spend();
        var end = machine.Top;
        projection.Evaluate(machine, new Frame(at, 1));
        var kept = end;
        for (var i = end; i < machine.Top; i++)
        {
            if (!PathEquality.Contains(machine, results, kept - results, machine[i]))
            {
                machine.Swap(kept++, i);
            }
        }

        machine.Truncate(kept);
    }

    private static void Extension(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        if (Arguments.Text(machine, frame, arguments[0]) is not { } url)
        {
            return;
        }

        var wanted = Encoding.UTF8.GetBytes(url);
        for (var i = start; i < start + count; i++)
        {
            var item = machine[i];
            if (!item.IsElement || (item.IsPrimitive ? ElementChildren.PrimitiveElement : item.Type).FindElement("extension") is not { } element)
            {
                continue;
            }

            var kept = machine.Top;
            ElementChildren.PushOf(machine, item, element);
            for (var j = kept; j < machine.Top; j++)
            {
                if (JsonText.Find(machine[j].Json, "url"u8) is { ValueKind: JsonValueKind.String } found
                    && JsonText.TryRead(found, out var text) && text.SequenceEqual(wanted))
                {
                    machine.Swap(kept++, j);
                }
            }

            machine.Truncate(kept);
        }
    }

    /// <summary>What each Coding counts for: its extension ordinalValue, or itemWeight of R5 (Structured Data Capture, "weight" and before that "ordinal").</summary>
    private static void Ordinal(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        for (var i = start; i < start + count; i++)
        {
            machine.Spend();
            if (!machine[i].IsElement || machine[i].IsPrimitive || machine[i].Json.ValueKind != JsonValueKind.Object
                || !machine[i].Json.TryGetProperty("extension", out var extensions) || extensions.ValueKind != JsonValueKind.Array)
            {
                continue;
            }

            foreach (var extension in extensions.EnumerateArray())
            {
                if (extension.ValueKind == JsonValueKind.Object && extension.TryGetProperty("url", out var url) && url.ValueKind == JsonValueKind.String
                    && (url.ValueEquals("http://hl7.org/fhir/StructureDefinition/ordinalValue"u8) || url.ValueEquals("http://hl7.org/fhir/StructureDefinition/itemWeight"u8))
                    && extension.TryGetProperty("valueDecimal", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number))
                {
                    machine.Push(PathItem.Of(number));
                }
            }
        }
    }

    private static void GetValue(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        if (count == 1 && (!machine[start].IsElement || machine[start].IsPrimitive) && SystemValues.Of(machine[start]) is { } value)
        {
            machine.Push(value);
        }
    }

    private static void Resolve(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        for (var i = start; i < start + count; i++)
        {
            machine.Spend();
            var item = machine[i];
            if (item.IsElement && machine.Resolver?.Resolve(item, machine.RootResource) is { } target)
            {
                machine.Push(target);
            }
        }
    }

    private static void HtmlChecks(PathMachine machine, in Frame frame, int start, int count, PathNode[] arguments)
    {
        if (Arguments.InputText(machine, start, count) is { } text)
        {
            machine.Spend(text.Length / 64);
            machine.Push(NarrativeText.IsAllowed(text));
        }
    }

    /// <summary>Needs a terminology server or profiles: the answer is nothing, and the evaluation says so.</summary>
    private static void NotChecked(PathMachine machine, int count, string function)
    {
        if (count > 0)
        {
            machine.MarkNotChecked(function);
        }
    }
}
