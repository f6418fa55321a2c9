using System.Text.Json;
using Integration.Core.Diagnostics;

namespace Integration.Host.Security;

/// <summary>A key as kept on disk: what recognises it, never the key itself.</summary>
/// <param name="Sha256">Of the key's UTF-8 bytes, 64 lower-case hex digits.</param>
internal sealed record StoredApiKey(string Name, string Sha256, DateTimeOffset Created);

/// <summary>
/// <c>api-keys.json</c> in the data folder, readable by its owner only. A file rather than a document of the store, so that a
/// store can be copied or opened to analysts without handing out what opens the engine.
/// </summary>
internal sealed class ApiKeyFile(string dataFolder)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public string FilePath { get; } = System.IO.Path.Combine(dataFolder, "api-keys.json");

    /// <summary>The stored keys; empty when there is no file yet.</summary>
    /// <exception cref="ConfigurationException">The file cannot be read.</exception>
    public IReadOnlyList<StoredApiKey> Read()
    {
        if (!File.Exists(FilePath))
        {
            return [];
        }

        try
        {
            var keys = JsonSerializer.Deserialize<Content>(File.ReadAllBytes(FilePath), Json)?.Keys ?? [];
            return keys.All(key => key is { Name.Length: > 0, Sha256.Length: 64 } && key.Sha256.All(char.IsAsciiHexDigit))
                ? keys
                : throw Unusable("An entry has no name, or no SHA-256 of 64 hex digits.");
        }
        catch (JsonException e)
        {
            throw Unusable($"It is not valid JSON at line {e.LineNumber + 1}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable("It cannot be read by this user.");
        }
    }

    /// <summary>Replaces the file whole: a crash leaves the old one or the new one.</summary>
    /// <exception cref="ConfigurationException">The data folder cannot be written.</exception>
    public void Write(IReadOnlyList<StoredApiKey> keys)
    {
        var temporary = FilePath + ".new";
        try
        {
            Directory.CreateDirectory(dataFolder);
            File.Delete(temporary);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (var stream = new FileStream(temporary, options))
            {
                JsonSerializer.Serialize(stream, new Content(keys), Json);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, FilePath, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException([new(FilePath, "The file cannot be written.", "Let the user the engine runs as write the data folder.")]);
        }
    }

    private ConfigurationException Unusable(string reason) =>
        new([new(FilePath, reason, "Correct it, or delete it: a new key is made and shown at the next start.")]);

    private sealed record Content(IReadOnlyList<StoredApiKey> Keys);
}
