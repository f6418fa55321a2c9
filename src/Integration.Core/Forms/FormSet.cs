using System.Collections.Frozen;

namespace Integration.Core.Forms;

/// <summary>All forms of one moment. Immutable.</summary>
public sealed class FormSet
{
    private readonly FrozenDictionary<string, Form> _byUrl;

    public FormSet(IReadOnlyList<Form> forms)
    {
        All = forms.ToFrozenDictionary(form => form.Name, StringComparer.Ordinal);
        _byUrl = forms.ToFrozenDictionary(form => form.Url, StringComparer.Ordinal);
    }

    public static FormSet Empty { get; } = new([]);

    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, Form> All { get; }

    /// <summary>The form of a canonical address.</summary>
    /// <param name="canonical"><c>url</c>, or <c>url|version</c>, which must then be the version in use.</param>
    /// <returns>Null when there is none.</returns>
    public Form? Find(string canonical)
    {
        var bar = canonical.LastIndexOf('|');
        var form = _byUrl.GetValueOrDefault(bar < 0 ? canonical : canonical[..bar]);
        return form is not null && (bar < 0 || form.Version == canonical[(bar + 1)..]) ? form : null;
    }
}

/// <summary>The forms in use; a reload swaps them whole. Safe for many threads.</summary>
public sealed class FormCatalog(FormSet forms)
{
    private volatile FormSet _current = forms;

    public FormSet Current => _current;

    public void Swap(FormSet next) => _current = next;
}
