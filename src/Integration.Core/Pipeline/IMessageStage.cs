namespace Integration.Core.Pipeline;

/// <summary>One step of the walk. Reads what earlier stages set on the context and sets one thing. Safe for many threads.</summary>
public interface IMessageStage
{
    /// <summary>Name in traces and on the console.</summary>
    string Name { get; }

    /// <summary>One sentence for the console.</summary>
    string Description { get; }

    /// <summary>Expected trouble is an outcome. An exception is our bug: the message goes to quarantine and the lane lives on.</summary>
    ValueTask<StageOutcome> RunAsync(MessageContext context, CancellationToken cancellationToken);
}
