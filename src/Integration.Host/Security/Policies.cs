namespace Integration.Host.Security;

/// <summary>Names of the authorization policies that API and console share.</summary>
public static class Policies
{
    /// <summary>May look at patients, messages and feeds.</summary>
    public const string Read = "read";

    /// <summary>May replay messages and decide.</summary>
    public const string Operate = "operate";

    /// <summary>May hand over readings of devices, and nothing else: keys of gateways.</summary>
    public const string HandOver = "handOver";
}
