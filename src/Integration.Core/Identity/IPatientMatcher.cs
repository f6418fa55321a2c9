namespace Integration.Core.Identity;

/// <summary>
/// The seam for probabilistic candidates: given demographics and no known identifier, who might it be? The deterministic engine has
/// one implementation, which proposes nobody.
/// </summary>
public interface IPatientMatcher
{
    /// <summary>Possible golden records with a probability between 0 and 1, best first. Never links by itself.</summary>
    ValueTask<IReadOnlyList<MatchCandidate>> FindCandidatesAsync(MatchDemographics demographics, CancellationToken cancellationToken);
}

/// <summary>A golden record that a person might be.</summary>
/// <param name="Probability">0 to 1.</param>
public sealed record MatchCandidate(string PatientId, double Probability);

/// <summary>Proposes nobody.</summary>
public sealed class NoPatientMatcher : IPatientMatcher
{
    public ValueTask<IReadOnlyList<MatchCandidate>> FindCandidatesAsync(MatchDemographics demographics, CancellationToken cancellationToken) => new([]);
}
