namespace Integration.Storage.Mongo;

/// <summary>The server refused a command, or could not be reached.</summary>
/// <param name="code">MongoDB's error code; of the driver when <paramref name="isFromServer"/> is false.</param>
/// <param name="labels">Error labels (MongoDB transactions specification).</param>
internal sealed class MongoCommandException(int code, string message, bool isFromServer, IReadOnlyList<string> labels) : Exception(message)
{
    private const int BadValueCode = 2;
    private const int DuplicateKeyCode = 11000;
    private const int AuthenticationFailedCode = 18;
    private const int UnauthorizedCode = 13;

    /// <summary>The driver's own code for a refused login.</summary>
    private const int ClientAuthenticateCode = 11;

    public int Code { get; } = code;

    public bool IsFromServer { get; } = isFromServer;

    /// <summary>A command names something that is not there, such as the index of a hint.</summary>
    public bool IsBadValue => IsFromServer && Code == BadValueCode;

    /// <summary>A unique index refused a write.</summary>
    public bool IsDuplicateKey => IsFromServer && Code == DuplicateKeyCode;

    /// <summary>The whole transaction may be run again.</summary>
    public bool IsTransient => labels.Contains("TransientTransactionError");

    /// <summary>The commit may have taken effect; committing again tells.</summary>
    public bool IsCommitUnknown => labels.Contains("UnknownTransactionCommitResult");

    public bool IsDenied => IsFromServer ? Code is AuthenticationFailedCode or UnauthorizedCode : Code == ClientAuthenticateCode;
}
