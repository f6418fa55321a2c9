using Integration.Core.Intake;
using Integration.Core.Verification;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Pipeline;

/// <summary>The machine's clock jumps, as after a battery fault or a wrong time server: order and effects follow the journal, not the clock.</summary>
public sealed class ClockJumpTests
{
    [Fact]
    public async Task When_the_clock_jumps_between_messages_Should_keep_order_and_have_each_effect_once()
    {
        var clock = new StepClock(new(2026, 3, 16, 8, 0, 0, TimeSpan.Zero));
        await using var engine = await TestEngine.StartAsync(services => services.AddSingleton<TimeProvider>(clock), ("Feeds:his:DuplicateWindow", "Unlimited"));
        int[] jumpsInDays = [1, -400, 800, -1, 0, 3650, -3650, 2, -2, 30];
        var ids = new List<string>();
        foreach (var (number, days) in jumpsInDays.Index())
        {
            // Two names a message: the later one by the source's clock counts, whatever ours says.
            ids.Add(Assert.IsType<IntakeResult.Accepted>(await engine.AcceptAsync(Admission(number))).MessageId);
            clock.Advance(TimeSpan.FromDays(days));
            Assert.IsType<IntakeResult.Duplicate>(await engine.AcceptAsync(Admission(number)));
            await engine.RunAsync();
        }

        foreach (var id in ids)
        {
            Assert.Equal(MessageState.Done, (await engine.Journal.GetAsync(id, withRaw: false, CancellationToken.None))!.Value.Message.State);
        }

        var patient = await engine.PatientAsync("P1");
        Assert.Equal($"王{jumpsInDays.Length - 1}", patient.Demographics.Name);
        Assert.Equal(jumpsInDays.Length, patient.ResourceCounts["Encounter"]);
        var balance = Assert.Single(engine.Tally.Snapshot());
        Assert.Equal((2L * jumpsInDays.Length, 0L), (balance.In, balance.Difference));
        Assert.True((await new StoreVerifier(engine.Store, clock).VerifyAsync(CancellationToken.None)).IsSound);
    }

    private static string[] Admission(int number) =>
    [
        $"MSH|^~\\&|HIS|EAST|||202603160800{number:D2}+0800||ADT^A01|C{number}|P|2.5.1||||||UNICODE UTF-8",
        $"EVN|A01|202603160800{number:D2}+0800", $"PID|1||P1^^^HIS^MR||王{number}^^^^^^L||19800203|M", $"PV1|1|I|W^1^1||||||||||||||||V{number}",
    ];
}
