namespace Integration.Adapters.Sql.Source;

/// <summary>The database cannot be used now. The message is one line for an operator that says what to do; it holds nothing of a row.</summary>
/// <param name="isPermanent">Trying again will not help before somebody changes something.</param>
internal sealed class SqlSourceException(string message, Exception? inner = null, bool isPermanent = false) : Exception(message, inner)
{
    public bool IsPermanent { get; } = isPermanent;
}
