using System.Net.Sockets;
using Integration.Core.Diagnostics;
using Integration.Core.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Integration.Host;

/// <summary>Turns what stops a start into lines for a person: what is wrong and what to do, never a stack trace.</summary>
internal static class StartProblems
{
    /// <summary>Runs a check and keeps its problems, so that the next check runs too.</summary>
    public static void Collect(List<ConfigurationProblem> problems, Action check)
    {
        try
        {
            check();
        }
        catch (ConfigurationException e)
        {
            problems.AddRange(e.Problems);
        }
        catch (OptionsValidationException e)
        {
            problems.AddRange(e.Failures.Select(Read));
        }
    }

    // Options validators write "PLACE: text".
    private static ConfigurationProblem Read(string failure) =>
        failure.IndexOf(": ", StringComparison.Ordinal) is > 0 and var end
            ? new ConfigurationProblem(failure[..end], failure[(end + 2)..])
            : new ConfigurationProblem("appsettings.json", failure);

    /// <summary>One line a problem; empty for an exception that is our bug.</summary>
    public static IReadOnlyList<string> Of(Exception exception) => exception switch
    {
        AggregateException many => [.. many.InnerExceptions.SelectMany(Of)],
        ConfigurationException configuration => [.. configuration.Problems.Select(p => p.ToString())],
        OptionsValidationException options => [.. options.Failures],
        StoreUnavailableException store => [store.Message],
        IOException { InnerException: AddressInUseException } => [$"urls: {exception.Message} Stop the program that uses it, or choose another with --urls http://127.0.0.1:PORT."],
        SocketException socket => [$"urls: the address cannot be used ({socket.Message}). Choose another with --urls http://127.0.0.1:PORT."],
        InvalidDataException or FormatException when exception.InnerException is System.Text.Json.JsonException => [$"appsettings.json: {exception.Message} {exception.InnerException.Message}"],
        _ => [],
    };
}
