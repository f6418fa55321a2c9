namespace Integration.Core.Security;

/// <summary>How near a certificate is to its end.</summary>
public enum CertificateState
{
    Good,

    /// <summary>It ends within <see cref="CertificateStatus.WarningTime"/>: amber.</summary>
    Expiring,

    /// <summary>It has ended: peers refuse it. Red.</summary>
    Expired,
}

/// <summary>The certificate of a feed that ends first: its own, one above it, or one of a trusted authority.</summary>
/// <param name="Subject">Its common name, or the whole subject where there is none.</param>
public sealed record CertificateStatus(string Subject, DateTimeOffset Expires, CertificateState State)
{
    /// <summary>Long enough to have a new one issued.</summary>
    public static readonly TimeSpan WarningTime = TimeSpan.FromDays(30);

    public static CertificateState StateAt(DateTimeOffset now, DateTimeOffset expires) =>
        now >= expires ? CertificateState.Expired : now >= expires - WarningTime ? CertificateState.Expiring : CertificateState.Good;
}
