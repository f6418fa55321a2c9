using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace Integration.Adapters.Sql.Sending;

/// <summary>Makes <c>Sql.Table</c> destinations.</summary>
internal sealed class SqlTableDestinationFactory : IOutboundAdapterFactory
{
    public string Name => "Sql.Table";

    public bool SendsEvents => true;

    public int MaxParallel => 8;

    public IReadOnlyList<ConfigurationProblem> Validate(DestinationOptions destination, IConfigurationSection settings, OutboundContext context) =>
        SqlTableOptions.Read(settings).Problems;

    public IOutboundAdapter Create(DestinationOptions destination, IConfigurationSection settings, OutboundContext context)
    {
        var (options, problems) = SqlTableOptions.Read(settings);
        return problems.Count > 0 ? throw new ConfigurationException(problems) : new SqlTableDestination(options);
    }
}
