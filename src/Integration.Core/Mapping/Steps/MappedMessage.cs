using Integration.Core.Diagnostics;
using Integration.Core.Mapping.Runtime;
using Integration.Core.Parsing;

namespace Integration.Core.Mapping.Steps;

/// <summary>What mapping made of a message about one patient, as a step may change it. For the thread that runs the step.</summary>
public sealed class MappedMessage
{
    private readonly string _step;
    private readonly List<MappedResource> _resources;
    private readonly List<MessageIssue> _issues = [];

    internal MappedMessage(string step, ISourceDocument source, FeedContext feed, IReadOnlyList<MappedResource> resources) =>
        (_step, Source, Feed, _resources) = (step, source, feed, [.. resources]);

    /// <summary>The message as it was parsed.</summary>
    public ISourceDocument Source { get; }

    /// <summary>The feed it came by.</summary>
    public FeedContext Feed { get; }

    /// <summary>
    /// In mapping order. What is written into <see cref="MappedResource.Json"/> holds; <c>resourceType</c> and <c>id</c> must stay.
    /// A JSON null deletes what the record has.
    /// </summary>
    public IReadOnlyList<MappedResource> Resources => _resources;

    internal IReadOnlyList<MessageIssue> Issues => _issues;

    /// <summary>Adds an empty resource.</summary>
    /// <param name="type">FHIR R4: <c>Observation</c>.</param>
    /// <param name="authority">Who gives out <paramref name="value"/>; the step's own name will do.</param>
    /// <param name="value">What it is known by: the same type, authority and value give the same id in every message.</param>
    /// <exception cref="ArgumentException">The message has a resource of this type and id.</exception>
    public MappedResource Add(string type, string authority, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(authority);
        ArgumentException.ThrowIfNullOrEmpty(value);
        var id = IdMaker.Make(type, [authority, value]);
        if (_resources.Exists(resource => resource.Type == type && resource.Id == id))
        {
            throw new ArgumentException($"The message has this {type} already.", nameof(value));
        }

        var draft = DraftNode.Object();
        draft.Set("resourceType", DraftNode.Of(type));
        draft.Set("id", DraftNode.Of(id));
        var added = new MappedResource(type, id, draft, "", _step);
        _resources.Add(added);
        return added;
    }

    /// <summary>Takes a resource out of the message; the record keeps what it has of it.</summary>
    public void Remove(MappedResource resource) => _resources.Remove(resource);

    /// <summary>Reports something worth telling; the message goes on.</summary>
    /// <param name="place">Where in the message: <c>OBX[2]-5</c>.</param>
    /// <param name="text">What is wrong, without patient data: it may end in a log.</param>
    public void Warn(string place, string text) => _issues.Add(MessageIssue.Warning(IntegrationErrorCode.ReportedByStep, place, $"{_step}: {text}"));

    /// <summary>Sends the message to quarantine.</summary>
    /// <inheritdoc cref="Warn"/>
    public void Refuse(string place, string text) => _issues.Add(MessageIssue.Error(IntegrationErrorCode.ReportedByStep, place, $"{_step}: {text}"));
}
