namespace Integration.Host.Security;

/// <summary>Who stands in the audit as the one that did something.</summary>
internal static class Actor
{
    /// <summary>Name of the key or person that signed in; <c>console</c> where sign-in is off.</summary>
    public static string Of(HttpContext context) => context.User.Identity?.Name is { Length: > 0 } name ? name : "console";
}
