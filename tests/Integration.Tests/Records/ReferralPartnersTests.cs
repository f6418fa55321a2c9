using System.Text;
using Integration.Core.Records;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Records;

/// <summary>Who refers patients, and how often.</summary>
public sealed class ReferralPartnersTests
{
    [Fact]
    public async Task When_a_referral_comes_Should_count_it_once_for_its_partner_however_often_it_is_said()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.AcceptRawAsync(Golden("REF_I12-partner-named"));
        await engine.RunAsync();
        var partners = engine.Services.GetRequiredService<ReferralPartners>();

        var first = Assert.Single((await partners.CountAsync(10, null, CancellationToken.None)).Counts);
        Assert.Equal((new ReferralPartner("urn:authority:HIS|DC001", "东城社区卫生服务中心"), 1L), (first.Partner, first.Referrals));

        // The same referral again under another control id, then another referral of the same partner.
        await engine.AcceptRawAsync(Replaced("I12-0001", "I12-0002"));
        await engine.AcceptRawAsync(Replaced("ZZ1002", "ZZ1003"));
        await engine.RunAsync();

        Assert.Equal(2, Assert.Single((await partners.CountAsync(10, null, CancellationToken.None)).Counts).Referrals);
    }

    private static byte[] Golden(string name) =>
        File.ReadAllBytes(Path.Combine(RepositoryRoot.Path, "tests", "Integration.Tests", "Golden", "hl7v2", name + ".hl7"));

    private static byte[] Replaced(string what, string by)
    {
        var text = Encoding.UTF8.GetString(Golden("REF_I12-partner-named"));
        Assert.Contains(what, text, StringComparison.Ordinal);
        var again = text.Replace(what, by, StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(again.Replace("I12-0001", "I12-" + by, StringComparison.Ordinal));
    }
}
