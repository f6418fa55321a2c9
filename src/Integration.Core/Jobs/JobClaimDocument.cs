namespace Integration.Core.Jobs;

/// <summary>A document of <c>jobClaims</c>: which engine does a job now, and when it was last done.</summary>
/// <param name="Id">Name of the job.</param>
/// <param name="Holder">The life of a process that took it last.</param>
/// <param name="Until">Another may take it from here on (UTC): the holder has died.</param>
/// <param name="Done">When it was last carried to its end (UTC); null: never yet.</param>
public sealed record JobClaimDocument(string Id, string Holder, DateTimeOffset Until, DateTimeOffset? Done);
