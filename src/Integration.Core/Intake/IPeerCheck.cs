using Microsoft.Extensions.Configuration;

namespace Integration.Core.Intake;

/// <summary>A factory whose feeds ask another system can try whether that would answer them, in the words of its protocol. Takes nothing and writes nothing.</summary>
public interface IPeerCheck : IInboundAdapterFactory
{
    /// <summary>What is asked: <c>C-ECHO</c>.</summary>
    string Question { get; }

    /// <summary>Asks the system of a feed.</summary>
    /// <param name="settings">Section <c>Feeds:NAME</c>, without problems.</param>
    /// <returns>Null: it answers. Else why not, one line for an operator with what to do.</returns>
    Task<string?> AskPeerAsync(string feed, IConfigurationSection settings, CancellationToken cancellationToken);
}
