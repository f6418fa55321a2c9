using Integration.Core.Security;

namespace Integration.Host.Commands;

/// <summary>What <c>send</c> was asked to do.</summary>
/// <param name="Paths">Files and folders.</param>
/// <param name="Timeout">For the connection, and again for each acknowledgement.</param>
/// <param name="Tls">Null: none.</param>
internal sealed record SendRequest(IReadOnlyList<string> Paths, string Host, int Port, TimeSpan Timeout, bool KeepGoing, TlsOptions? Tls);
