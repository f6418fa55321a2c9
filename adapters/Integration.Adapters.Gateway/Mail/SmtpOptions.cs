using System.Net;
using Integration.Core.Settings;

namespace Integration.Adapters.Gateway.Mail;

/// <summary>How a connection to a mail server is secured.</summary>
internal enum SmtpSecurity
{
    /// <summary>Begun in clear, then TLS (RFC 3207); a server that does not offer it gets nothing.</summary>
    StartTls,

    /// <summary>TLS from the first byte (RFC 8314 §3.3).</summary>
    Implicit,

    /// <summary>In clear, for a server on this machine or in a network that is trusted.</summary>
    None,
}

/// <summary>Settings <c>Smtp:…</c> of a destination whose gateway writes mail.</summary>
/// <param name="Port">587 for StartTls, 465 for Implicit, 25 for None, unless set.</param>
/// <param name="User">Null: the server asks nobody who they are.</param>
/// <param name="Password">From the environment only.</param>
/// <param name="From">Address that mail comes from.</param>
/// <param name="FromName">Name beside it; null: none.</param>
/// <param name="Unsubscribe">https or mailto address for List-Unsubscribe (RFC 2369 §3.2) of marketing.</param>
internal sealed record SmtpOptions(string Host, int Port, SmtpSecurity Security, string? User, string? Password, string From, string? FromName, Uri Unsubscribe)
{
    /// <summary>Below <c>Destinations:NAME</c>.</summary>
    public static IReadOnlyList<string> Keys { get; } =
        ["Smtp:Host", "Smtp:Port", "Smtp:Security", "Smtp:User", "Smtp:Password", "Smtp:From", "Smtp:FromName", "Smtp:Unsubscribe"];

    /// <returns>Null where there is no use in it; the reader then has the problems, or nothing of it is set.</returns>
    public static SmtpOptions? Read(SettingsReader reader, bool isNeeded)
    {
        if (!isNeeded && Keys.All(key => reader.Text(key) is null))
        {
            return null;
        }

        var security = reader.Choice("Smtp:Security", SmtpSecurity.StartTls);
        var (host, user, password) = (reader.Text("Smtp:Host"), reader.Text("Smtp:User"), reader.Text("Smtp:Password"));
        if (host is null)
        {
            reader.Report("Smtp:Host", "It is missing.", "Set it to the name of the mail server.");
        }

        var from = reader.Parsed("Smtp:From", MailAddress.Parse, "It must be a mail address.", "Write it like noreply@hospital.example; the name goes into Smtp:FromName.");
        if (reader.Text("Smtp:From") is null)
        {
            reader.Report("Smtp:From", "It is missing.", "Set it to the address that mail comes from.");
        }

        if (user is null != password is null)
        {
            reader.Report(user is null ? "Smtp:User" : "Smtp:Password", "User and password go together.", "Give both, the password by environment, or none.");
        }

        if (password is not null && security == SmtpSecurity.None && host is not null && !IsThisMachine(host))
        {
            reader.Report("Smtp:Security", "The password would cross the network in clear.", "Set it to StartTls or Implicit.");
        }

        var unsubscribe = reader.Parsed(
            "Smtp:Unsubscribe", text => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "mailto" ? uri : null,
            "It must be an https or mailto address.", "Write it like mailto:unsubscribe@hospital.example, or take it out: answers then go to Smtp:From.");
        var port = reader.Number("Smtp:Port", 1, 65535, security switch { SmtpSecurity.Implicit => 465, SmtpSecurity.None => 25, _ => 587 });
        return host is null || from is null
            ? null
            : new SmtpOptions(host, port, security, user, password, from, reader.Text("Smtp:FromName"), unsubscribe ?? new Uri($"mailto:{from}?subject=unsubscribe"));
    }

    private static bool IsThisMachine(string host) => host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
