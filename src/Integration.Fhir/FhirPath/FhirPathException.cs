namespace Integration.Fhir.FhirPath;

/// <summary>An expression asked for what its data cannot give (one value where there are many, an order of unlike types), or a limit was reached.</summary>
/// <remarks>The text never repeats data.</remarks>
public class FhirPathException : Exception
{
    public FhirPathException()
    {
    }

    public FhirPathException(string message)
        : base(message)
    {
    }

    public FhirPathException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The evaluation would take more steps or memory than it may.</summary>
public sealed class FhirPathLimitException : FhirPathException
{
    public FhirPathLimitException()
    {
    }

    public FhirPathLimitException(string message)
        : base(message)
    {
    }

    public FhirPathLimitException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The text is no FHIRPath expression.</summary>
public sealed class FhirPathSyntaxException : FhirPathException
{
    public FhirPathSyntaxException()
    {
    }

    public FhirPathSyntaxException(string message)
        : base(message)
    {
    }

    public FhirPathSyntaxException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal FhirPathSyntaxException(string problem, int position)
        : base($"{problem} (character {position + 1})") => Position = position;

    /// <summary>0-based character of the expression where the problem begins.</summary>
    public int Position { get; }
}
