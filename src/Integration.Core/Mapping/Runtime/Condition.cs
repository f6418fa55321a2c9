namespace Integration.Core.Mapping.Runtime;

/// <summary>A compiled condition.</summary>
internal abstract class Condition
{
    public abstract bool Test(in SourceCursor cursor, MapRun run);

    /// <summary>Both hold; the right one is not asked when the left does not.</summary>
    public sealed class And(Condition left, Condition right) : Condition
    {
        public override bool Test(in SourceCursor cursor, MapRun run) => left.Test(cursor, run) && right.Test(cursor, run);
    }

    /// <summary>One holds.</summary>
    public sealed class Or(Condition left, Condition right) : Condition
    {
        public override bool Test(in SourceCursor cursor, MapRun run) => left.Test(cursor, run) || right.Test(cursor, run);
    }

    /// <summary>The other does not hold.</summary>
    public sealed class Not(Condition inner) : Condition
    {
        public override bool Test(in SourceCursor cursor, MapRun run) => !inner.Test(cursor, run);
    }

    /// <summary>HL7 null is no value.</summary>
    public sealed class Valued(TextSource source) : Condition
    {
        public override bool Test(in SourceCursor cursor, MapRun run) => source.HasText(cursor, run);
    }

    /// <summary>The value is one of these, letter for letter; no value is none of them.</summary>
    public sealed class In(TextSource source, string[] values) : Condition
    {
        public override bool Test(in SourceCursor cursor, MapRun run)
        {
            if (source.Read(cursor, run) is { } text)
            {
                foreach (var value in values)
                {
                    if (string.Equals(text, value, StringComparison.Ordinal))
                    {
                        return true;
                    }
                }
            }

            return false;
        }
    }

    /// <summary>The value has a form, e.g. that of a resident id.</summary>
    public sealed class Is(TextSource source, Func<string, bool> form) : Condition
    {
        public override bool Test(in SourceCursor cursor, MapRun run) => source.Read(cursor, run) is { Length: > 0 } text && form(text);
    }
}
