using System.Collections.Concurrent;
using Integration.Fhir.FhirPath.Nodes;

namespace Integration.Fhir.Validation;

/// <summary>An invariant that is not known to hold: it is evaluated, or known to be broken.</summary>
internal readonly record struct OpenInvariant(Invariant Invariant, bool IsBroken);

/// <summary>
/// The invariants of one type. Most only say which elements go together, so what is present decides them: the open ones are found once for
/// each set of present elements, and values are read only for these. Safe for many threads.
/// </summary>
internal sealed class TypeInvariants
{
    private const int WatchBits = 64;

    /// <summary>Hostile input can have any set of elements; after this many sets nothing more is remembered.</summary>
    private const int MaxPresences = 2048;

    /// <summary>The walk sees by itself whether an object has content.</summary>
    private const string CheckedByWalk = "ele-1";

    private readonly TypePlan _type;
    private readonly ConcurrentDictionary<ulong, OpenInvariant[]> _openByPresence = new();
    private readonly OpenInvariant[] _all;

    private TypeInvariants(TypePlan type, Invariant[] invariants)
    {
        _type = type;
        All = invariants;
        _all = [.. invariants.Select(i => new OpenInvariant(i, IsBroken: false))];
    }

    public IReadOnlyList<Invariant> All { get; }

    public static TypeInvariants? Of(TypePlan type)
    {
        // A constraint stands on the type that states it first, where corrections name it.
        Invariant[] invariants = [.. type.Type.Constraints.Where(c => c.Key != CheckedByWalk).Select(c => Invariant.Of(type.Type.Name, c))];
        if (invariants.Length == 0)
        {
            return null;
        }

        var bit = 0;
        foreach (var name in invariants.SelectMany(i => i.Expression.HeadNames).Distinct(StringComparer.Ordinal))
        {
            if (bit < WatchBits && type.FindElement(name) is { } element)
            {
                element.WatchBit = bit++;
            }
        }

        return new TypeInvariants(type, invariants);
    }

    /// <param name="presence">A bit for each watched element that has an item.</param>
    /// <param name="isCertain">All others surely have none; otherwise nothing is predicted.</param>
    public OpenInvariant[] Open(ulong presence, bool isCertain)
    {
        if (!isCertain)
        {
            return _all;
        }

        if (_openByPresence.TryGetValue(presence, out var open))
        {
            return open;
        }

        open = Predict(new ElementPresence(_type, presence));
        return _openByPresence.Count < MaxPresences ? _openByPresence.GetOrAdd(presence, open) : open;
    }

    private OpenInvariant[] Predict(in ElementPresence presence)
    {
        var open = new List<OpenInvariant>();
        foreach (var invariant in All)
        {
            switch (invariant.Expression.Root.Predict(presence))
            {
                // Only false breaks an invariant.
                case Prediction.True or Prediction.Empty:
                    break;
                case Prediction.False:
                    open.Add(new OpenInvariant(invariant, IsBroken: true));
                    break;
                default:
                    open.Add(new OpenInvariant(invariant, IsBroken: false));
                    break;
            }
        }

        return [.. open];
    }
}
