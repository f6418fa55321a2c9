using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Integration.Core.Mapping;

/// <summary>What a <see cref="DraftNode"/> is.</summary>
internal enum DraftKind : byte
{
    Text,
    Integer,
    Decimal,
    Boolean,

    /// <summary>JSON null: the element is cleared.</summary>
    Null,
    Object,
    Array,
}

/// <summary>
/// JSON while mapping makes it: one small object a value, which knows the next one beside it. A message makes hundreds of them and most messages only
/// repeat what is known, so that no <see cref="JsonNode"/> is ever needed. One parent at most; not safe for several threads.
/// </summary>
internal sealed class DraftNode
{
    // The text of a primitive, or the last child of an object or array: a node is one or the other, and mapping spends most of its memory on nodes.
    private object? _content;

    // Behind the last child stands the first, so that a parent finds both ends by one reference.
    private DraftNode? _next;
    private bool _isLast;

    private DraftNode(DraftKind kind, string? text = null) => (Kind, _content) = (kind, text);

    public DraftKind Kind { get; }

    /// <summary>Property name in the object around; null elsewhere.</summary>
    public string? Name { get; private set; }

    /// <summary>The text of a primitive as JSON has it, without quotes and escapes; null for all else.</summary>
    public string? Text => _content as string;

    /// <summary>The first entry of an array or property of an object; null when it is empty.</summary>
    public DraftNode? First => Last?._next;

    /// <summary>The entry or property behind this one.</summary>
    public DraftNode? Next => _isLast ? null : _next;

    private DraftNode? Last => _content as DraftNode;

    public static DraftNode Of(string text) => new(DraftKind.Text, text);

    public static DraftNode Of(int number) => new(DraftKind.Integer, number.ToString(CultureInfo.InvariantCulture));

    /// <summary>With all its digits: 1.10 stays 1.10.</summary>
    public static DraftNode Of(decimal number) => new(DraftKind.Decimal, number.ToString(CultureInfo.InvariantCulture));

    /// <param name="text">A number as JSON writes it, with all its digits.</param>
    public static DraftNode Number(string text) => new(DraftKind.Decimal, text);

    public static DraftNode Of(bool value) => new(DraftKind.Boolean, value ? "true" : "false");

    public static DraftNode Null() => new(DraftKind.Null);

    public static DraftNode Object() => new(DraftKind.Object);

    public static DraftNode Array(params ReadOnlySpan<DraftNode> entries)
    {
        var array = new DraftNode(DraftKind.Array);
        foreach (var entry in entries)
        {
            array.Add(entry);
        }

        return array;
    }

    /// <summary>A copy of the JSON.</summary>
    public static DraftNode From(JsonNode? json)
    {
        switch (json)
        {
            case JsonObject members:
                var made = Object();
                foreach (var (name, value) in members)
                {
                    made.Set(name, From(value));
                }

                return made;
            case JsonArray entries:
                return Array([.. entries.Select(From)]);
            case null:
                return Null();
            default:
                return json.GetValueKind() switch
                {
                    JsonValueKind.String => Of(json.GetValue<string>()),
                    JsonValueKind.True => Of(true),
                    JsonValueKind.False => Of(false),
                    _ => new DraftNode(DraftKind.Decimal, json.ToJsonString()),
                };
        }
    }

    /// <summary>Entries of an array or properties of an object.</summary>
    public IEnumerable<DraftNode> Children()
    {
        for (var child = First; child is not null; child = child.Next)
        {
            yield return child;
        }
    }

    /// <summary>The property of that name, a cleared one included; null when there is none.</summary>
    public DraftNode? Find(string name)
    {
        for (var child = First; child is not null; child = child.Next)
        {
            // Names come out of the compiled mappings, where equal ones are mostly the same object.
            if (ReferenceEquals(child.Name, name) || child.Name == name)
            {
                return child;
            }
        }

        return null;
    }

    /// <summary>The text at a path of property names; arrays on the way give their first entry. Null when there is none.</summary>
    public string? TextAt(params ReadOnlySpan<string> path)
    {
        var node = this;
        foreach (var name in path)
        {
            node = node?.FirstEntry().Find(name);
        }

        return node?.FirstEntry().Text;
    }

    /// <summary>The objects of an array, or none.</summary>
    public IEnumerable<DraftNode> Objects(string name) =>
        Find(name) is { Kind: DraftKind.Array } array ? array.Children().Where(entry => entry.Kind == DraftKind.Object) : [];

    /// <summary>Sets a property, in the place of one of that name or behind all others.</summary>
    public void Set(string name, DraftNode value)
    {
        value.Name = name;
        var before = Last;
        for (var child = First; child is not null; (before, child) = (child, child.Next))
        {
            if (child.Name == name)
            {
                Replace(child, before!, value);
                return;
            }
        }

        Add(value);
    }

    /// <summary>Adds a property that is known to have a new name: what was read of JSON without duplicates.</summary>
    public void Append(string name, DraftNode value)
    {
        value.Name = name;
        Add(value);
    }

    /// <summary>Adds an entry to an array.</summary>
    public void Add(DraftNode entry)
    {
        if (Last is { } last)
        {
            entry._next = last._next;
            last._next = entry;
            last._isLast = false;
        }
        else
        {
            entry._next = entry;
        }

        entry._isLast = true;
        _content = entry;
    }

    /// <summary>A copy without a parent.</summary>
    public DraftNode Copy()
    {
        var copy = new DraftNode(Kind, Text);
        for (var child = First; child is not null; child = child.Next)
        {
            var inner = child.Copy();
            inner.Name = child.Name;
            copy.Add(inner);
        }

        return copy;
    }

    /// <summary>Whether both say the same, in the same order.</summary>
    public bool IsSame(DraftNode other)
    {
        if (Kind != other.Kind || Text != other.Text)
        {
            return false;
        }

        var (a, b) = (First, other.First);
        for (; a is not null && b is not null; (a, b) = (a.Next, b.Next))
        {
            if (a.Name != b.Name || !a.IsSame(b))
            {
                return false;
            }
        }

        return a is null && b is null;
    }

    public void WriteTo(Utf8JsonWriter writer)
    {
        switch (Kind)
        {
            case DraftKind.Object:
                writer.WriteStartObject();
                for (var child = First; child is not null; child = child.Next)
                {
                    writer.WritePropertyName(child.Name!);
                    child.WriteTo(writer);
                }

                writer.WriteEndObject();
                break;
            case DraftKind.Array:
                writer.WriteStartArray();
                for (var child = First; child is not null; child = child.Next)
                {
                    child.WriteTo(writer);
                }

                writer.WriteEndArray();
                break;
            case DraftKind.Text:
                writer.WriteStringValue(Text);
                break;
            case DraftKind.Null:
                writer.WriteNullValue();
                break;
            default:
                writer.WriteRawValue(Text!, skipInputValidation: true);
                break;
        }
    }

    private DraftNode FirstEntry() => Kind == DraftKind.Array && First is { } first ? first : this;

    private void Replace(DraftNode child, DraftNode before, DraftNode value)
    {
        value._next = child == before ? value : child._next;
        value._isLast = child._isLast;
        if (child != before)
        {
            before._next = value;
        }

        if (child._isLast)
        {
            _content = value;
        }
    }

    /// <summary>The same as nodes of System.Text.Json; null for JSON null.</summary>
    public JsonNode? ToJson()
    {
        switch (Kind)
        {
            case DraftKind.Object:
                var members = new JsonObject();
                for (var child = First; child is not null; child = child.Next)
                {
                    members[child.Name!] = child.ToJson();
                }

                return members;
            case DraftKind.Array:
                var entries = new JsonArray();
                for (var child = First; child is not null; child = child.Next)
                {
                    entries.Add(child.ToJson());
                }

                return entries;
            case DraftKind.Integer:
                return JsonValue.Create(int.Parse(Text!, CultureInfo.InvariantCulture));
            case DraftKind.Decimal:
                // A constant or a sample may have more digits, or an exponent.
                return decimal.TryParse(Text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) && number.ToString(CultureInfo.InvariantCulture) == Text
                    ? JsonValue.Create(number)
                    : JsonNode.Parse(Text!);
            case DraftKind.Boolean:
                return JsonValue.Create(Text == "true");
            default:
                return Text is null ? null : JsonValue.Create(Text);
        }
    }
}
