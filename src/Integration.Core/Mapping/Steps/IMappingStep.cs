namespace Integration.Core.Mapping.Steps;

/// <summary>
/// A site's own code behind the mappings, for what the mapping language cannot say: a calculation, a look-up in a table of the hospital.
/// It runs between mapping and identity, in dry runs and tests of mappings too. See <c>docs/mapping-steps.md</c>.
/// </summary>
/// <remarks>
/// A public class with a public constructor without parameters. One object serves all messages, from many threads at once. The same message must give
/// the same resources whenever it is run, so that a replay changes nothing: no clock, no chance, no record.
/// </remarks>
public interface IMappingStep
{
    /// <summary>
    /// Changes, adds and removes resources. An exception sends the message to quarantine as 3109, which names the step and the type of the exception.
    /// </summary>
    void Run(MappedMessage message);
}
