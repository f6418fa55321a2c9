using Integration.Core.Intake;

namespace Integration.Adapters.Hl7v2.Mllp;

/// <summary>Limits of one MLLP connection, whoever made it.</summary>
/// <param name="IdleTimeout">Infinite: never closed for silence.</param>
/// <param name="Budget">What all connections of the process share.</param>
internal sealed record MllpLimits(int MaxMessageBytes, TimeSpan IdleTimeout, IntakeBudget Budget)
{
    /// <summary>Messages of one connection that may wait for their answer; then reading stops and TCP slows the sender down.</summary>
    public const int MaxInFlight = 32;
}
