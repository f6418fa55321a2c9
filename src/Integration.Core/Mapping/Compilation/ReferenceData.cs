using Integration.Core.Mapping.Language;

namespace Integration.Core.Mapping.Compilation;

/// <summary>Tells message maps about a patient from those of master files, which may only make what belongs to nobody.</summary>
internal static class ReferenceData
{
    private static readonly HashSet<string> Types = new(StringComparer.Ordinal)
    {
        "ActivityDefinition", "ChargeItemDefinition", "CodeSystem", "Device", "DeviceDefinition", "HealthcareService", "InsurancePlan", "Location", "Medication",
        "MedicationKnowledge", "ObservationDefinition", "Organization", "Practitioner", "PractitionerRole", "Schedule", "SpecimenDefinition", "Substance", "ValueSet",
    };

    /// <summary>Whether no step makes a Patient. A map that forgot it would file one patient's things under nobody: reported as a problem.</summary>
    public static bool Is(MessageMapDefinition map, CompileContext context)
    {
        var made = Made(map.Steps, context).ToList();
        if (made.Count == 0 || made.Any(step => step.Resource == "Patient"))
        {
            return false;
        }

        foreach (var (resource, step) in made.Where(step => !Types.Contains(step.Resource)))
        {
            context.Problems.Add(
                step.Map.Position, $"{map.Name} makes a {resource} and no step makes the Patient it belongs to.",
                "Begin with - { segment: PID, map: PID-Patient, as: patient, occurs: once }");
        }

        return true;
    }

    private static IEnumerable<(string Resource, SegmentStepDefinition Step)> Made(IEnumerable<StepDefinition> steps, CompileContext context)
    {
        foreach (var step in steps)
        {
            if (step.Segment is { } segment && context.Set.Segments.TryGetValue(segment.Map.Text, out var definition))
            {
                yield return (definition.Resource.Text, segment);
            }

            foreach (var inner in Made(step.Group?.Steps ?? [], context))
            {
                yield return inner;
            }
        }
    }
}
