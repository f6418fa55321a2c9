using System.Text;

namespace Integration.Fhir.Validation;

/// <summary>Where the walk stands; turned into a FHIRPath only when there is something to report.</summary>
internal sealed class ElementPath
{
    private const int NoIndex = -1;

    private readonly List<(string Name, int Index)> _steps = new(16);

    public void Push(string name) => _steps.Add((name, NoIndex));

    public void Pop() => _steps.RemoveAt(_steps.Count - 1);

    /// <summary>Sets the 0-based position within the last step's repeating element.</summary>
    public void SetIndex(int index) => _steps[^1] = (_steps[^1].Name, index);

    public void ClearIndex() => SetIndex(NoIndex);

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (name, index) in _steps)
        {
            if (text.Length > 0)
            {
                text.Append('.');
            }

            text.Append(name);
            if (index != NoIndex)
            {
                text.Append('[').Append(index).Append(']');
            }
        }

        return text.ToString();
    }
}
