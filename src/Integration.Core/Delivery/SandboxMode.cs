namespace Integration.Core.Delivery;

/// <summary>Which destinations capture what they would send, <c>Delivery:Sandbox</c>. A destination may say otherwise for itself.</summary>
public enum SandboxMode
{
    /// <summary>Those that reach people (text messages, mail, calls): the default, so that no test rings a patient.</summary>
    People,

    /// <summary>All.</summary>
    All,

    /// <summary>None.</summary>
    Off,
}
