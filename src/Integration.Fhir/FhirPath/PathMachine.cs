using System.Text.Json;
using Integration.Fhir.FhirPath.Values;

namespace Integration.Fhir.FhirPath;

/// <summary>
/// The working memory of evaluations: one stack of items, on which each part of an expression leaves its result above its input.
/// A collection is a range of that stack, so that evaluating allocates nothing but new texts. For one thread at a time.
/// </summary>
internal sealed class PathMachine
{
    /// <summary>Steps of one evaluation, or of all invariants of one validation; about a second.</summary>
    public const int DefaultSteps = 10_000_000;

    private const int MaxItems = 1_000_000;
    private const int KeptItems = 4096;

    [ThreadStatic]
    private static PathMachine? _spare;

    private PathItem[] _items = new PathItem[64];
    private int _highest;

    public int Top { get; private set; }

    /// <summary>Steps that are left.</summary>
    public int StepsLeft { get; set; }

    /// <summary>The resource that holds the context: <c>%resource</c>. Not an element outside resources.</summary>
    public PathItem? Resource { get; set; }

    /// <summary>The resource that contains <c>%resource</c>, or itself: <c>%rootResource</c>.</summary>
    public PathItem? RootResource { get; set; }

    /// <summary>Where references lead.</summary>
    public ReferenceResolver? Resolver { get; set; }

    /// <summary>The same through one evaluation (FHIRPath 2.0.0 §5.10).</summary>
    public DateTimeOffset Now { get; set; }

    /// <summary>Takes what <c>trace()</c> is given; null: nobody listens.</summary>
    public Action<string, IReadOnlyList<FhirPathValue>>? Trace { get; set; }

    /// <summary>Functions that were met and could not be carried out, such as <c>memberOf</c>; null: none.</summary>
    public HashSet<string>? NotChecked { get; private set; }

    public ref readonly PathItem this[int index] => ref _items[index];

    /// <summary>A machine with nothing on it. Give it back with <see cref="Return"/>.</summary>
    public static PathMachine Rent()
    {
        var machine = _spare ?? new PathMachine();
        _spare = null;
        machine.StepsLeft = DefaultSteps;
        machine.Now = TimeProvider.System.GetLocalNow();
        return machine;
    }

    public void Return()
    {
        if (_items.Length > KeptItems)
        {
            return;
        }

        // The items hold on to their document.
        Array.Clear(_items, 0, _highest);
        Top = _highest = 0;
        Resource = RootResource = null;
        Resolver = null;
        Trace = null;
        NotChecked = null;
        _spare = this;
    }

    /// <exception cref="FhirPathLimitException">There are no steps left.</exception>
    public void Spend(int steps = 1)
    {
        if ((StepsLeft -= steps) < 0)
        {
            throw new FhirPathLimitException("The evaluation takes more steps than it may.");
        }
    }

    public void Push(in PathItem item)
    {
        if (Top == _items.Length)
        {
            Grow();
        }

        _items[Top++] = item;
        if (Top > _highest)
        {
            _highest = Top;
        }
    }

    public void Push(bool value) => Push(PathItem.Of(value));

    public void Push(bool? value)
    {
        if (value is { } known)
        {
            Push(PathItem.Of(known));
        }
    }

    public void PushRange(int start, int count)
    {
        for (var i = start; i < start + count; i++)
        {
            // A copy, since the stack may move while it grows.
            var item = _items[i];
            Push(item);
        }
    }

    public void Truncate(int top) => Top = top;

    /// <summary>Takes [start, end) out of the stack, what lies above comes down.</summary>
    public void Collapse(int start, int end)
    {
        var count = Top - end;
        if (start != end && count > 0)
        {
            Array.Copy(_items, end, _items, start, count);
        }

        Top = start + count;
    }

    /// <summary>Exchanges two items.</summary>
    public void Swap(int left, int right) => (_items[left], _items[right]) = (_items[right], _items[left]);

    public void MarkNotChecked(string function) => (NotChecked ??= []).Add(function);

    /// <summary>Takes off what lies above <paramref name="start"/> and reads it as one truth: FHIRPath 2.0.0 §4.5, singleton evaluation.</summary>
    /// <returns>Null when there is nothing.</returns>
    /// <exception cref="FhirPathException">There are several items.</exception>
    public bool? PopTruth(int start)
    {
        var count = Top - start;
        Top = start;
        return count switch
        {
            0 => null,
            1 => Truth(_items[start]),
            _ => throw new FhirPathException("A condition has more than one value."),
        };
    }

    /// <summary>Takes off what lies above and gives the one item; null when there is none.</summary>
    /// <exception cref="FhirPathException">There are several items.</exception>
    public PathItem? PopSingle(int start)
    {
        var count = Top - start;
        Top = start;
        return count switch
        {
            0 => null,
            1 => _items[start],
            _ => throw new FhirPathException("One value was expected, there are several."),
        };
    }

    private static bool? Truth(in PathItem item)
    {
        if (item.Kind == ItemKind.Boolean)
        {
            return item.Boolean;
        }

        return item.Json.ValueKind switch
        {
            JsonValueKind.False => false,
            JsonValueKind.Undefined or JsonValueKind.Null when item.IsElement && item.Type.Type.Name == "boolean" => null,
            _ => true,
        };
    }

    private void Grow()
    {
        if (_items.Length >= MaxItems)
        {
            throw new FhirPathLimitException("The evaluation needs more memory than it may.");
        }

        Array.Resize(ref _items, 2 * _items.Length);
    }
}
