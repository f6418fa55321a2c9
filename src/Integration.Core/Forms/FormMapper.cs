using System.Text.Json.Nodes;
using Integration.Core.Mapping;
using Integration.Core.Mapping.Codes;
using Integration.Core.Mapping.Explain;
using Integration.Core.Mapping.Steps;
using Integration.Core.Parsing;

namespace Integration.Core.Forms;

/// <summary>Mappings, and behind them what the forms make of answers, whoever sent them. Safe for many threads.</summary>
internal sealed class FormMapper(IMapper mapper, FormSet forms) : IMapper
{
    private static readonly HashSet<string> Everything = [];

    private readonly MappingStep _step = new("forms", FormLoader.Folder, Everything, Everything, new Step(forms));

    public string Version => mapper.Version;

    public MappingResult Map(ISourceDocument document, FeedContext feed, MappingTrace? trace = null)
    {
        var result = mapper.Map(document, feed, trace);
        for (var part = result; part is not null; part = part.SecondPatient)
        {
            if (part.Resources.Any(IsAnswered))
            {
                return SteppedMapper.Run(_step, document, feed, result, trace);
            }
        }

        return result;
    }

    public string VersionOf(string feed) => mapper.VersionOf(feed);

    public IReadOnlyList<CodeMapEntry>? CodesOf(string feed, string codeMap) => mapper.CodesOf(feed, codeMap);

    public IReadOnlyList<MappingRule> RulesOf(string feed) => mapper.RulesOf(feed);

    private static bool IsAnswered(MappedResource resource) => resource is { Type: "QuestionnaireResponse", IsDeletion: false };

    private sealed class Step(FormSet forms) : IMappingStep
    {
        public void Run(MappedMessage message)
        {
            foreach (var resource in message.Resources.Where(IsAnswered))
            {
                if (resource.Json["questionnaire"] is not JsonValue canonical || !canonical.TryGetValue<string>(out var name) || forms.Find(name) is not { } form)
                {
                    continue;
                }

                foreach (var failed in FormScoring.Apply(form, resource.Json))
                {
                    message.Warn(resource.Source, $"'{failed}' of form {form.Name} cannot be calculated on these answers.");
                }
            }
        }
    }
}
