using System.Text;
using Integration.Adapters.Gateway;
using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Mapping.Language;
using Integration.Core.Mapping.Versions;
using Integration.Core.Messaging;
using Integration.Core.Messaging.Gateways;

namespace Integration.Tests.Messaging.Gateways;

public sealed class GatewayReaderTests
{
    private const string Head = "title: { en: G, zh: 网 }\nsecrets: [key]\n";

    [Theory]
    [InlineData("channels: { sms: { url: \"http://h/{{secret.kye}}\", accepted: [{ status: 200 }] } }", "3:37: The gateway has no secret 'kye'; 'secrets' lists those it has. Did you mean key?")]
    [InlineData("channels: { sms: { url: \"http://h/{{txt}}\", accepted: [{ status: 200 }] } }", "3:37: Requests have no value 'txt'")]
    [InlineData("channels: { sms: { url: \"http://h/{{value.docter}}\", accepted: [{ status: 200 }] } }", "Did you mean doctor?")]
    [InlineData("channels: { sms: { url: \"http://h/\" } }", "Nothing says which answer means that a message was accepted.")]
    [InlineData("channels: { sms: { url: \"http://h/\", json: {}, form: {}, accepted: [{ status: 200 }] } }", "A request has one body")]
    [InlineData("channels: { sms: { accepted: [{ status: 200 }] } }", "A channel needs the key 'url'.")]
    [InlineData("channels: { sms: { url: \"http://h/\", accepted: [{ status: 2000 }] } }", "'2000' is no HTTP status.")]
    [InlineData("channels: { sms: { url: \"http://h/\", accepted: [{ path: code }] } }", "'path' and 'is' go together.")]
    [InlineData("channels: { sms: { url: \"http://h/\", messageId: a..b, accepted: [{ status: 200 }] } }", "'a..b' is no path into JSON.")]
    [InlineData("channels: { sms: { url: \"http://h/\", address: pager, accepted: [{ status: 200 }] } }", "'pager' is no address of a patient.")]
    [InlineData("channels: { fax: {} }", "has no key 'fax'")]
    [InlineData("channels: {}\ncallbacks: { receipts: { messageId: a, status: b, delivered: [x] } }", "Callbacks need the key 'auth'")]
    [InlineData("channels: {}\ncallbacks: { auth: { secret: kay } }", "The gateway has no secret 'kay'")]
    [InlineData("channels: {}\ncallbacks: { auth: { secret: key }, receipts: { messageId: a, status: b, delivered: [x], failed: [x] } }", "'x' stands under 'delivered' too.")]
    [InlineData("channels: {}\ncallbacks: { auth: { secret: key }, replies: { from: a, text: b, answer: ok } }", "'answer' must be JSON.")]
    [InlineData("{}", "A gateway needs the key 'channels'.")]
    public void Read_WhatDoesNotFit_IsAProblemAtItsPlace(string yaml, string expected) =>
        Assert.Contains(ProblemsOf(yaml == "{}" ? Head : Head + yaml + "\n"), problem => problem.Contains(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData(200, """{"code":0,"data":{"id":"7"}}""", typeof(SendResult.Accepted))]
    [InlineData(200, """{"code":"0"}""", typeof(SendResult.Accepted))]
    [InlineData(200, """{"code":1001,"message":"bad number"}""", typeof(SendResult.Rejected))]
    [InlineData(200, """{"code":5000}""", typeof(SendResult.Refused))]
    [InlineData(200, """{"code":77}""", typeof(SendResult.Refused))]
    [InlineData(200, "<html>", typeof(SendResult.Refused))]
    [InlineData(400, "", typeof(SendResult.Rejected))]
    [InlineData(401, "", typeof(SendResult.Unreachable))]
    [InlineData(302, "", typeof(SendResult.Unreachable))]
    [InlineData(408, "", typeof(SendResult.TimedOut))]
    [InlineData(429, "", typeof(SendResult.Busy))]
    [InlineData(500, "", typeof(SendResult.Refused))]
    [InlineData(503, "", typeof(SendResult.Busy))]
    public void Answer_OfTheShippedGateway_MeansWhatItsFileSays(int status, string body, Type expected)
    {
        var how = MessagingSet.Load(MappingFiles.Read(Path.Combine(RepositoryRoot.Path, "mappings"))).Set!.Gateways["generic-http"].Channels["sms"];

        Assert.IsType(expected, GatewayAnswer.Read(how, status, null, Encoding.UTF8.GetBytes(body), DateTimeOffset.UnixEpoch).Result);
    }

    [Fact]
    public async Task Start_DestinationThatLacksWhatItsGatewayNeeds_NamesAllOfItAtOnce()
    {
        var error = await Assert.ThrowsAsync<ConfigurationException>(async () =>
        {
            await using var engine = await GatewayEngine.StartAsync("2026-03-16 10:00", ("Destinations:msg:Secrets:apiKey", ""), ("Destinations:msg:Url", ""), ("Destinations:msg:Colour", "red"), ("Destinations:msg:Events", "appointment.*"));
        });

        Assert.Equal(
            ["Destinations:msg:Colour", "Destinations:msg:Events", "Destinations:msg:Secrets:apiKey", "Destinations:msg:Url"], error.Problems.Select(problem => problem.Place).Order(StringComparer.Ordinal));
    }

    private static List<string> ProblemsOf(string yaml)
    {
        var problems = new ProblemList();
        new GatewayReader("mappings/gateways/g.yaml", problems).Read(yaml);
        return [.. problems.InOrder().Select(problem => problem.ToString())];
    }
}
