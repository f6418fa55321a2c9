using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Webhook;

/// <summary>Makes <c>Webhook</c> destinations. They reach systems, not people: the sandbox leaves them alone unless a site puts them in.</summary>
/// <param name="environment">Relative files in settings start at its content root; null: at the current folder.</param>
internal sealed class WebhookDestinationFactory(TimeProvider time, ILoggerFactory loggers, IHostEnvironment? environment = null) : IOutboundAdapterFactory
{
    public string Name => "Webhook";

    public bool SendsEvents => true;

    public int MaxParallel => 32;

    public IReadOnlyList<ConfigurationProblem> Validate(DestinationOptions destination, IConfigurationSection settings, OutboundContext context) =>
        WebhookOptions.Read(settings, environment?.ContentRootPath).Problems;

    public IOutboundAdapter Create(DestinationOptions destination, IConfigurationSection settings, OutboundContext context)
    {
        var (options, problems) = WebhookOptions.Read(settings, environment?.ContentRootPath);
        return problems.Count > 0
            ? throw new ConfigurationException(problems)
            : new WebhookDestination(destination.Name, options, time, loggers.CreateLogger<WebhookDestination>());
    }
}
