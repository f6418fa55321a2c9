using Integration.Core.Events;
using Integration.Core.FollowUps.Rules;
using Integration.Core.Mapping.Language;
using Integration.Core.Mapping.Versions;
using Integration.Core.Messaging;
using Integration.Core.Messaging.Templates;

namespace Integration.Tests.Messaging.Templates;

public sealed class MessageTemplateReaderTests
{
    private const string Title = "title: { en: T, zh: 测 }\n";

    [Fact]
    public void Read_UnknownValue_IsAProblemAtItsCharacterWithASuggestion()
    {
        var problem = Assert.Single(ProblemsOf(Title + "sms:\n  zh: \"您好{{patientNam}}\"\n"));

        Assert.Equal("mappings/templates/t.yaml:3:12: There is no value 'patientNam' for templates. Did you mean patientName?", problem);
    }

    [Fact]
    public void Read_UnknownValueInABlock_IsAProblemInItsLine()
    {
        var problem = Assert.Single(ProblemsOf(Title + "sms:\n  zh: |\n    {{patientName}}\n    您好{{doktor}}\n"));

        Assert.Equal("mappings/templates/t.yaml:5:9: There is no value 'doktor' for templates. Did you mean doctor?", problem);
    }

    [Theory]
    [InlineData("sms: { zh: \"a{{b\" }", "has no counterpart")]
    [InlineData("sms: { zh: \"a}}b\" }", "has no counterpart")]
    [InlineData("sms: { zh: \"[[a\" }", "holds no value|has no counterpart")]
    [InlineData("sms: { zh: \"[[a]]\" }", "holds no value")]
    [InlineData("sms: { zh: \"[[a[[{{doctor}}]]]]\" }", "cannot hold another")]
    [InlineData("sms: { de: Hallo }", "has no key 'de'")]
    [InlineData("mail: { zh: a }", "has no key 'mail'")]
    [InlineData("category: advert\nsms: { zh: a }", "'category' must be one of")]
    [InlineData("", "says nothing on any channel")]
    public void Read_WhatDoesNotFit_IsAProblem(string yaml, string expected) =>
        Assert.Contains(ProblemsOf(Title + yaml + "\n"), problem => expected.Split('|').Any(text => problem.Contains(text, StringComparison.Ordinal)));

    [Fact]
    public void Check_ClinicalValueInATextMessage_IsAProblemUnlessGranted()
    {
        var files = new MappingFiles("mappings",
        [
            new("gateways/g.yaml", "title: { en: G, zh: 网 }\nchannels: { sms: { url: \"http://h/\", accepted: [{ status: 200 }] } }\n"),
            new("templates/t.yaml", Title + "wechat: { zh: \"{{diagnosis}}\" }\nsms: { zh: \"您的{{diagnosis}}\" }\n"),
        ]);
        var (set, problems) = MessagingSet.Load(files);
        Assert.Empty(problems);

        var denied = Assert.Single(set!.Check("g", "mappings", EventGrants.PlainOnly, FollowUpRuleSet.Empty));
        Assert.Equal("mappings/templates/t.yaml:3:17", denied.Place);
        Assert.Empty(set.Check("g", "mappings", new EventGrants([DataCategory.Clinical]), FollowUpRuleSet.Empty));
    }

    [Fact]
    public void Check_RuleWithoutATemplate_IsAProblemWithASuggestion()
    {
        var (set, _) = MessagingSet.Load(Shipped());
        var rules = FollowUpRuleLoader.Load(Shipped(), EventCatalog.Names).Rules!;
        var broken = new FollowUpRuleSet([rules.All["birthday"] with { Template = "birthdya" }], rules.Days);

        var problem = Assert.Single(set!.Check("generic-http", "mappings", EventGrants.PlainOnly, broken));

        Assert.Equal("Did you mean birthday?", problem.Remedy);
    }

    [Fact]
    public void Check_ShippedRulesAndTemplates_FitWithoutAnyGrant()
    {
        var (set, problems) = MessagingSet.Load(Shipped());
        var rules = FollowUpRuleLoader.Load(Shipped(), EventCatalog.Names).Rules!;

        Assert.Empty(problems);
        Assert.Empty(set!.Check("generic-http", "mappings", EventGrants.PlainOnly, new FollowUpRuleSet([.. rules.All.Values.Select(rule => rule with { Enabled = true })], rules.Days)));
        Assert.All(set.Templates.Values.SelectMany(template => template.Channels.Values), channel => Assert.Equal(MessageLanguages.All.Order(), channel.Texts.Keys.Order()));
    }

    private static MappingFiles Shipped() => MappingFiles.Read(Path.Combine(RepositoryRoot.Path, "mappings"));

    private static List<string> ProblemsOf(string yaml)
    {
        var problems = new ProblemList();
        new MessageTemplateReader("mappings/templates/t.yaml", problems).Read(yaml);
        return [.. problems.InOrder().Select(problem => problem.ToString())];
    }
}
