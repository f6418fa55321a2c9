using Integration.Core.Delivery;
using Integration.Core.Retention;
using Integration.Tests.Delivery;
using Integration.Tests.Events;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Retention;

public sealed class EventPruningTests
{
    [Fact]
    public async Task Prune_EventsThatAreTooOld_GoWithTheirDeliveries_AndYoungOnesStay()
    {
        await using var host = await DeliveryHost.StartAsync(("Destinations:crm:Events", "*"));
        await host.ChangeAsync("P1", "张三");
        await host.SendAsync(TimeSpan.FromMinutes(1));
        host.Clock.Advance(TimeSpan.FromDays(300));
        await host.ChangeAsync("P2", "李四");
        await host.SendAsync(TimeSpan.FromMinutes(1));
        host.Clock.Advance(TimeSpan.FromDays(66));

        var pruned = await ActivatorUtilities.CreateInstance<EventPruning>(host.Services).PruneAsync(() => ValueTask.CompletedTask, CancellationToken.None);

        var left = Assert.Single(await host.Store.EventsAsync());
        Assert.Equal(1, pruned);
        Assert.Equal([left.Id], (await host.DeliveriesAsync()).Select(d => d.EventId));
        Assert.Equal(1, host.Outbox.Counts("crm")[DeliveryState.Done]);
    }

    [Fact]
    public async Task Setting_ShorterThanMessagesAreKept_IsAProblem()
    {
        var refused = await Assert.ThrowsAsync<Core.Diagnostics.ConfigurationException>(() => DeliveryHost.StartAsync(("Retention:Events", "30.00:00:00")));

        Assert.Equal("Retention:Events", Assert.Single(refused.Problems).Place);
    }
}
