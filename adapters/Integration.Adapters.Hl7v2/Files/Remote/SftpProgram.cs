using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Integration.Adapters.Shared.Files;

namespace Integration.Adapters.Hl7v2.Files.Remote;

/// <summary>What the <c>sftp</c> program said.</summary>
/// <param name="ExitCode">0: every command succeeded; 1: one did not; 255: no connection.</param>
internal sealed record SftpResult(int ExitCode, string Output, string Errors);

/// <summary>
/// Runs OpenSSH's <c>sftp</c> in batch mode, one connection a run. The server must show the pinned key, we sign in by key only, and nothing of
/// the user's own ssh settings has a say.
/// </summary>
internal sealed class SftpProgram(SftpOptions options)
{
    private const int NoConnection = 255;

    /// <param name="commands">One command each; names in them quoted and checked.</param>
    /// <exception cref="FileSourceException">No connection, or no program; what to do about it.</exception>
    public async Task<SftpResult> RunAsync(IReadOnlyList<string> commands, CancellationToken cancellationToken)
    {
        using var process = Start();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await WriteAsync(process, commands);
            await process.WaitForExitAsync(cancellationToken);
            var result = new SftpResult(process.ExitCode, await output, await errors);
            return result.ExitCode == NoConnection ? throw new FileSourceException(Explain(result.Errors)) : result;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(options.Program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in Arguments())
        {
            start.ArgumentList.Add(argument);
        }

        // Listings are read by us: their months in English, their times in UTC, their names as UTF-8.
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["TZ"] = "UTC";
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException("A process that is started anew is returned.");
        }
        catch (Win32Exception e)
        {
            throw new FileSourceException($"The program {options.Program} is missing. Install openssh-client, or set Program to where it is.", e);
        }
    }

    private IEnumerable<string> Arguments()
    {
        yield return "-F";
        yield return "/dev/null";
        foreach (var option in new[]
        {
            "BatchMode=yes", "StrictHostKeyChecking=yes", $"UserKnownHostsFile=\"{options.KnownHosts}\"", "GlobalKnownHostsFile=/dev/null",
            "IdentitiesOnly=yes", $"IdentityFile=\"{options.KeyFile}\"", "IdentityAgent=none", "PreferredAuthentications=publickey", "LogLevel=ERROR",
            "ConnectTimeout=15", "ServerAliveInterval=15", "ServerAliveCountMax=3", string.Create(CultureInfo.InvariantCulture, $"Port={options.Host.Port}"),
        })
        {
            yield return "-o";
            yield return option;
        }

        yield return "-b";
        yield return "-";
        yield return "--";
        yield return $"{options.User}@{(options.Host.Host.Contains(':') ? $"[{options.Host.Host}]" : options.Host.Host)}";
    }

    private static async Task WriteAsync(Process process, IReadOnlyList<string> commands)
    {
        try
        {
            await process.StandardInput.WriteAsync(string.Concat(commands.Select(c => c + "\n")));
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended before it read: the exit code and what it wrote to its error output tell why.
            process.StandardInput.BaseStream.Dispose();
        }
    }

    private string Explain(string errors)
    {
        var server = $"{options.Host.Host}:{options.Host.Port}";
        return errors switch
        {
            _ when errors.Contains("Host key verification failed", StringComparison.Ordinal) =>
                $"The server {server} does not show the key that KnownHosts pins. Make sure that it is the right server, then renew {options.KnownHosts}.",
            _ when errors.Contains("bad permissions", StringComparison.OrdinalIgnoreCase) =>
                $"The key {options.KeyFile} may be read by others. Restrict it to the user this engine runs as (chmod 600).",
            _ when errors.Contains("Permission denied", StringComparison.Ordinal) =>
                $"The server {server} refused {options.User} with the key {options.KeyFile}. Let its administrator authorize the public key.",
            _ => $"No SFTP connection to {server}: {LastLine(errors)}",
        };
    }

    private static string LastLine(string errors) =>
        errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault(line => line != "Connection closed")
        ?? "the program gave no reason.";
}
