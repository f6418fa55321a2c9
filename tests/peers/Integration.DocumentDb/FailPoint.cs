using Integration.Storage.Mongo.Bson;

namespace Integration.DocumentDb;

/// <summary>
/// MongoDB's fail point <c>failCommand</c>, as far as tests use it: the next so many of some commands lose their connection. MongoDB cuts it before
/// the command is carried out (<c>closeConnection</c>); <c>closeAfterCommand</c> is ours: carried out, and the reply lost.
/// </summary>
internal sealed class FailPoint
{
    private readonly Lock _lock = new();
    private HashSet<string> _commands = [];
    private long _left;
    private Close _close;

    /// <summary>When the connection is cut.</summary>
    public enum Close
    {
        Not,
        Before,
        After,
    }

    /// <param name="command">A <c>configureFailPoint</c>.</param>
    public void Configure(BsonDocument command)
    {
        var mode = command["mode"u8]!.Value;
        var data = command["data"u8]?.Document;
        lock (_lock)
        {
            _left = mode.Type == BsonType.Document ? mode.Document["times"u8]?.Whole ?? 0 : 0;
            _commands = [.. data?["failCommands"u8]?.Document.Select(element => element.Value.Text) ?? []];
            _close = data?["closeAfterCommand"u8]?.IsTrue == true ? Close.After : Close.Before;
        }
    }

    /// <summary>Whether this command is one that fails; counts it.</summary>
    public Close Take(string command)
    {
        lock (_lock)
        {
            if (_left == 0 || !_commands.Contains(command))
            {
                return Close.Not;
            }

            _left--;
            return _close;
        }
    }
}
