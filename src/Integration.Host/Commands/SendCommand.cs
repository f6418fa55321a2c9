using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Integration.Core.Security;
using Spectre.Console;

namespace Integration.Host.Commands;

/// <summary>The verb <c>send FILE… --to host:port</c>.</summary>
internal static class SendCommand
{
    private const string DefaultAddress = "127.0.0.1:2575";
    private const double DefaultTimeoutSeconds = 10;

    public static Command Create()
    {
        var files = new Argument<string[]>("files")
        {
            Description = "Files, or folders whose *.hl7 files are sent in ordinal order of their names, sub-folders included. Several messages in one file are sent one by one.",
            Arity = ArgumentArity.OneOrMore,
        };
        var to = new Option<string>("--to") { Description = "Address of the MLLP feed, host:port.", DefaultValueFactory = _ => DefaultAddress };
        to.Validators.Add(result => CheckAddress(result, to));
        var timeout = new Option<double>("--timeout") { Description = "Seconds to wait for the connection and for each acknowledgement.", DefaultValueFactory = _ => DefaultTimeoutSeconds };
        timeout.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (> 0 and <= 3600))
            {
                result.AddError("--timeout: give a number of seconds above 0 and up to 3600.");
            }
        });
        var keepGoing = new Option<bool>("--keep-going") { Description = "Go on behind a message that was refused. Without it the first refusal ends the run, since later messages may build on it." };
        var tls = new Option<bool>("--tls") { Description = "TLS. The other two imply it." };
        var certificate = new Option<FileInfo>("--certificate") { Description = "PEM file with certificate and key, for receivers that ask for one." }.AcceptExistingOnly();
        var authorities = new Option<FileInfo>("--authorities") { Description = "PEM file of the authorities that are trusted, instead of the system's." }.AcceptExistingOnly();
        var json = new Option<bool>("--json") { Description = "One JSON object a line instead of text." };

        var command = new Command("send", "Sends HL7 v2 files over MLLP and prints each acknowledgement. Exit code 0: all accepted; 1: some refused; 2: wrong arguments; 3: not delivered.")
        {
            files, to, timeout, keepGoing, tls, certificate, authorities, json,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            var (host, port) = ParseAddress(parsed.GetRequiredValue(to))!.Value;
            var request = new SendRequest(parsed.GetRequiredValue(files), host, port, TimeSpan.FromSeconds(parsed.GetValue(timeout)), parsed.GetValue(keepGoing),
                TlsOf(parsed.GetValue(tls), parsed.GetValue(certificate), parsed.GetValue(authorities)));
            var output = parsed.InvocationConfiguration.Output;
            var isTerminal = AnsiConsole.Profile.Capabilities.Interactive && !System.Console.IsOutputRedirected && ReferenceEquals(output, System.Console.Out);
            return new MessageSending(request, SendReport.For(output, parsed.GetValue(json), isTerminal), parsed.InvocationConfiguration.Error)
                .RunAsync(cancellationToken);
        });
        return command;
    }

    /// <summary>Host and port of <c>host:port</c> or <c>[ipv6]:port</c>; null when it is neither.</summary>
    public static (string Host, int Port)? ParseAddress(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
        {
            return null;
        }

        var host = text[..colon];
        var isBracketed = host.StartsWith('[') && host.EndsWith(']');
        return host.Contains(':') && !isBracketed ? null : (host.Trim('[', ']'), port);
    }

    /// <summary>What is shown and trusted; null: no TLS was asked for.</summary>
    public static TlsOptions? TlsOf(bool isOn, FileInfo? certificate, FileInfo? authorities) => isOn || certificate is not null || authorities is not null
        ? new() { CertificateFile = certificate?.FullName, TrustedAuthoritiesFile = authorities?.FullName }
        : null;

    private static void CheckAddress(OptionResult result, Option<string> option)
    {
        if (result.GetValue(option) is not { } address || ParseAddress(address) is null)
        {
            result.AddError("--to: write host and port like 127.0.0.1:2575.");
        }
    }
}
