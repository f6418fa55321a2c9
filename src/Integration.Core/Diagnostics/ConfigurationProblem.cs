namespace Integration.Core.Diagnostics;

/// <summary>One thing wrong in configuration or mappings, found before any port is opened. All are collected, none hides another.</summary>
/// <param name="Place"><c>mappings/hl7v2/segments/PID-Patient.yaml:12:5</c> for a file, <c>Feeds:his:Listen</c> for a setting.</param>
/// <param name="Text">What is wrong, one sentence.</param>
/// <param name="Remedy">What to do about it, one sentence; null where <paramref name="Text"/> says it already.</param>
public sealed record ConfigurationProblem(string Place, string Text, string? Remedy = null)
{
    public override string ToString() => Remedy is null ? $"{Place}: {Text}" : $"{Place}: {Text} {Remedy}";
}

/// <summary>The product cannot start as configured. Printed as its problems, one a line, exit code 2; never as a stack trace.</summary>
public sealed class ConfigurationException(IReadOnlyList<ConfigurationProblem> problems)
    : Exception(string.Join(Environment.NewLine, problems))
{
    public IReadOnlyList<ConfigurationProblem> Problems { get; } = problems;
}
