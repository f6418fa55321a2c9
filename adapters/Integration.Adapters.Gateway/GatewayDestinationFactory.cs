using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Messaging.Sending;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Gateway;

/// <summary>Makes <c>Gateway.Http</c> destinations, and <c>Gateway.Smtp</c> ones: the same by another name, for gateways that write mail alone. They reach people: the sandbox captures what they would send unless a site says otherwise.</summary>
/// <param name="name">What settings call it.</param>
/// <param name="composer">Asked for when something is sent.</param>
/// <param name="sent">Likewise.</param>
/// <param name="environment">Relative files in settings start at its content root; null: at the current folder.</param>
internal sealed class GatewayDestinationFactory(
    string name, TimeProvider time, ILoggerFactory loggers, Func<MessageComposer> composer, Func<SentMessages> sent, IHostEnvironment? environment = null) : IOutboundAdapterFactory
{
    public string Name => name;

    public bool SendsEvents => true;

    public bool ReachesPeople => true;

    public int MaxParallel => 32;

    public IReadOnlyList<ConfigurationProblem> Validate(DestinationOptions destination, IConfigurationSection settings, OutboundContext context)
    {
        var (options, problems) = GatewayOptions.Read(destination, settings, context.Messaging.Current, environment?.ContentRootPath);
        return context.Messaging.Current.Gateways.ContainsKey(options.Gateway)
            ? [.. problems, .. context.Messaging.Current.Check(options.Gateway, context.Messaging.Shown, destination.Grants, context.Rules)]
            : problems;
    }

    public IOutboundAdapter Create(DestinationOptions destination, IConfigurationSection settings, OutboundContext context)
    {
        var (options, problems) = GatewayOptions.Read(destination, settings, context.Messaging.Current, environment?.ContentRootPath);
        return problems.Count > 0
            ? throw new ConfigurationException(problems)
            : new GatewayDestination(destination, options, context.Messaging, composer, sent, time, loggers.CreateLogger<GatewayDestination>());
    }
}
