namespace Integration.SystemTests.Peers;

/// <summary>FEATURES row 19: files are picked up from OpenSSH's SFTP server by the real program.</summary>
public sealed class SftpPeerTests
{
    private const string Server = "/usr/sbin/sshd";

    [Fact]
    public async Task Files_OnAnSftpServer_AreTakenOnceAndMovedThere()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        PeerProgram.Need(Server, "openssh-server");
        using var data = new TemporaryFolder();
        using var server = new TemporaryFolder();
        var (port, inbox) = await ConfigureAsync(server.Path, cancellationToken);
        await using var sshd = await PeerProgram.StartAsync(Server, port, cancellationToken, "-D", "-e", "-f", Path.Combine(server.Path, "sshd_config"));
        await File.WriteAllTextAsync(Path.Combine(inbox, "结果 one.hl7"), PickedUpFiles.Batch(0, 30, withControlIds: false), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(inbox, "two.hl7"), PickedUpFiles.Batch(30, 9, withControlIds: true).Replace("BTS|9", "BTS|10", StringComparison.Ordinal), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(inbox, "three.pdf"), "%PDF", cancellationToken);

        await using var engine = await EngineProcess.StartAsync(data.Path, cancellationToken, Feed(server.Path, inbox, port, "known_hosts"));
        var files = await PickedUpFiles.WaitForFilesAsync(engine, inbox, 3, cancellationToken);

        // The same content under another name, and under a name that is taken: set aside, not read.
        File.Copy(Path.Combine(inbox, "processed", "two.hl7"), Path.Combine(inbox, "again.hl7"));
        var feed = await PickedUpFiles.WaitForFeedAsync(engine, "inbox", f => (int)f["files"]!["copies"]! == 1, cancellationToken);
        await PickedUpFiles.WaitForFilesAsync(engine, inbox, 3, cancellationToken);
        await engine.DrainAsync(TimeSpan.FromSeconds(30), cancellationToken);

        Assert.Equal(["done", "failed", "flagged"], files.Select(f => (string)f["state"]!).Order(StringComparer.Ordinal));
        Assert.Equal(39, (await engine.GetAllAsync("/api/v1/messages?feed=inbox&limit=500", cancellationToken)).Count);
        Assert.Equal("running", (string)feed["state"]!);
        Assert.Equal(["again.hl7.duplicate", "two.hl7", "结果 one.hl7"], Names(Path.Combine(inbox, "processed")));
        Assert.Equal(["three.pdf"], Names(Path.Combine(inbox, "failed")));
        Assert.Empty(Directory.GetFiles(inbox));
        Assert.DoesNotContain("结果", engine.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_WithAnotherKeyThanPinned_IsNotTrusted()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        PeerProgram.Need(Server, "openssh-server");
        using var data = new TemporaryFolder();
        using var server = new TemporaryFolder();
        var (port, inbox) = await ConfigureAsync(server.Path, cancellationToken);
        var other = await File.ReadAllTextAsync(Path.Combine(server.Path, "user.pub"), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(server.Path, "other_hosts"), $"[127.0.0.1]:{port} {other}", cancellationToken);
        await using var sshd = await PeerProgram.StartAsync(Server, port, cancellationToken, "-D", "-e", "-f", Path.Combine(server.Path, "sshd_config"));
        await File.WriteAllTextAsync(Path.Combine(inbox, "one.hl7"), PickedUpFiles.Batch(0, 1, withControlIds: true), cancellationToken);

        await using var engine = await EngineProcess.StartAsync(data.Path, cancellationToken, Feed(server.Path, inbox, port, "other_hosts"));
        var feed = await PickedUpFiles.WaitForFeedAsync(engine, "inbox", f => (string)f["state"]! == "faulted", cancellationToken);

        Assert.Contains("KnownHosts", (string)feed["problem"]!, StringComparison.Ordinal);
        Assert.Equal(["one.hl7"], Names(inbox));
    }

    [Fact]
    public async Task Program_Missing_IsSaidOnTheBoard()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var data = new TemporaryFolder();
        using var server = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(server.Path, "user"), "", cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(server.Path, "known_hosts"), "", cancellationToken);

        await using var engine = await EngineProcess.StartAsync(
            data.Path, cancellationToken, [.. Feed(server.Path, "/out", 22, "known_hosts"), "--Feeds:inbox:Program=/nowhere/sftp"]);
        var feed = await PickedUpFiles.WaitForFeedAsync(engine, "inbox", f => (string)f["state"]! == "faulted", cancellationToken);

        Assert.Contains("/nowhere/sftp is missing", (string)feed["problem"]!, StringComparison.Ordinal);
    }

    private static string[] Feed(string serverFolder, string inbox, int port, string knownHosts) =>
    [
        "--Feeds:his:Enabled=false", "--Feeds:inbox:Adapter=Hl7v2.Sftp", $"--Feeds:inbox:Host=127.0.0.1:{port}", $"--Feeds:inbox:User={Environment.UserName}",
        $"--Feeds:inbox:KeyFile={serverFolder}/user", $"--Feeds:inbox:KnownHosts={serverFolder}/{knownHosts}", $"--Feeds:inbox:Path={inbox}",
        "--Feeds:inbox:MinAge=00:00:00", "--Feeds:inbox:Poll=00:00:00.5", "--Feeds:inbox:AssigningAuthority=HIS",
    ];

    /// <summary>A server of our own in a folder: its key, the user's key, its configuration.</summary>
    private static async Task<(int Port, string Inbox)> ConfigureAsync(string folder, CancellationToken cancellationToken)
    {
        var port = FreePort.Next();
        foreach (var key in new[] { "host", "user" })
        {
            var (exitCode, output) = await PeerProgram.RunAsync("ssh-keygen", cancellationToken, "-q", "-t", "ed25519", "-N", "", "-C", key, "-f", Path.Combine(folder, key));
            Assert.True(exitCode == 0, output);
        }

        File.Copy(Path.Combine(folder, "user.pub"), Path.Combine(folder, "authorized_keys"));
        await File.WriteAllTextAsync(
            Path.Combine(folder, "known_hosts"), $"[127.0.0.1]:{port} {await File.ReadAllTextAsync(Path.Combine(folder, "host.pub"), cancellationToken)}", cancellationToken);
        await File.WriteAllLinesAsync(
            Path.Combine(folder, "sshd_config"),
            [
                $"Port {port}", "ListenAddress 127.0.0.1", $"HostKey {folder}/host", $"AuthorizedKeysFile {folder}/authorized_keys", $"PidFile {folder}/pid",
                "Subsystem sftp internal-sftp", "PasswordAuthentication no", "UsePAM no", "StrictModes no", "PermitRootLogin prohibit-password",
            ],
            cancellationToken);
        if (Environment.UserName == "root")
        {
            Directory.CreateDirectory("/run/sshd");   // the server insists on it when it is root's
        }

        return (port, Directory.CreateDirectory(Path.Combine(folder, "out")).FullName);
    }

    private static IEnumerable<string> Names(string folder) =>
        Directory.GetFiles(folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);
}
