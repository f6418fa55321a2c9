using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Threading.Channels;
using Integration.Core.Storage;

namespace Integration.Host.Fhir.Export;

/// <summary>
/// The exports of this process: carries them out one after the other, writes each down before anybody hears of it, begins those again that the last life of the process left
/// undone, and removes files that are too old when <see cref="Jobs.ExportPruningJob"/> says so. Safe for many threads.
/// </summary>
internal sealed partial class ExportJobs(
    ExportFolder folder, ExportOptions options, ExportRun run, TimeProvider clock, ILogger<ExportJobs> logger) : BackgroundService
{
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Channel<string> _waiting = Channel.CreateUnbounded<string>();   // bounded by MaxJobs
    private readonly Lock _starting = new();

    /// <summary>How long the files are kept behind the end.</summary>
    public TimeSpan KeepFor => options.KeepFor;

    /// <summary>Null when there is none of this id, or none any more.</summary>
    public ExportJob? Find(string id) => _entries.GetValueOrDefault(id)?.Job;

    /// <summary>Resources that a running export has written.</summary>
    public long WrittenOf(string id) => _entries.GetValueOrDefault(id)?.Progress.Written ?? 0;

    public string PathOf(ExportJob job, ExportFile file) => folder.PathOf(job.Id, file.Name);

    /// <summary>Writes an export down and lines it up.</summary>
    /// <param name="asked">Without an id.</param>
    /// <returns>Null: there are as many as are kept.</returns>
    public ExportJob? Start(ExportJob asked)
    {
        var job = asked with { Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), Asked = clock.GetUtcNow(), State = ExportState.Waiting };
        lock (_starting)
        {
            if (_entries.Count >= options.MaxJobs)
            {
                return null;
            }

            folder.Save(job);
            _entries[job.Id] = new Entry(job);
        }

        _waiting.Writer.TryWrite(job.Id);
        return job;
    }

    /// <summary>Ends an export that runs, and removes its files.</summary>
    /// <returns>False: there is none of this id.</returns>
    public async ValueTask<bool> DeleteAsync(string id)
    {
        if (!_entries.TryRemove(id, out var entry))
        {
            return false;
        }

        await entry.EndAsync();
        folder.Delete(id);
        return true;
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var job in folder.Load().OrderBy(job => job.Asked))
        {
            _entries[job.Id] = new Entry(job);
            if (!job.IsEnded)
            {
                _waiting.Writer.TryWrite(job.Id);
            }
        }

        return base.StartAsync(cancellationToken);
    }

    /// <summary>Removes exports whose time is over.</summary>
    /// <exception cref="IOException">A file cannot be removed now; the next round tries again.</exception>
    internal async ValueTask PruneAsync()
    {
        var over = clock.GetUtcNow() - options.KeepFor;
        foreach (var (id, entry) in _entries.Where(pair => pair.Value.Job.Ended < over))
        {
            await DeleteAsync(id);
            LogPruned(entry.Job.Id);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RunAllAsync(stoppingToken);

    private async Task RunAllAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var id in _waiting.Reader.ReadAllAsync(stoppingToken))
            {
                if (_entries.GetValueOrDefault(id) is { } entry)
                {
                    await entry.RunAsync(token => RunAsync(entry, token), stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping: what is undone is begun again with the next start.
        }
    }

    private async Task RunAsync(Entry entry, CancellationToken cancellationToken)
    {
        try
        {
            entry.Job = entry.Job with { State = ExportState.Running };
            var done = await run.RunAsync(entry.Job, entry.Progress, cancellationToken);
            folder.Save(done);
            entry.Job = done;
            LogDone(done.Id, done.Files.Sum(file => file.Count), done.Files.Count);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Fail(entry, e);
        }
    }

    private void Fail(Entry entry, Exception e)
    {
        var problem = e switch
        {
            ExportProblem known => known.Message,
            StoreUnavailableException away => $"The store was away: {away.Message}",
            IOException or UnauthorizedAccessException => "The files could not be written. Look after the disk of Engine:DataFolder.",
            _ => $"The export failed ({e.GetType().Name}). Please report it with the end of the engine's log file.",
        };

        // The exception's text stays out of the log: it may quote data.
        LogFailed(entry.Job.Id, problem, e.StackTrace);
        entry.Job = entry.Job with { State = ExportState.Failed, Ended = clock.GetUtcNow(), Problem = problem };
        try
        {
            folder.Clear(entry.Job.Id);
            folder.Save(entry.Job);
        }
        catch (Exception again) when (again is IOException or UnauthorizedAccessException)
        {
            LogNotSaved(entry.Job.Id, again.GetType().Name);   // after a restart it is begun again
        }
    }

    [LoggerMessage(3401, LogLevel.Information, "Export {Job}: {Resources} resources in {Files} files")]
    private partial void LogDone(string job, long resources, int files);

    [LoggerMessage(3402, LogLevel.Error, "Export {Job} failed: {Problem}\n{StackTrace}")]
    private partial void LogFailed(string job, string problem, string? stackTrace);

    [LoggerMessage(3403, LogLevel.Information, "Export {Job}: its time is over, its files were removed")]
    private partial void LogPruned(string job);

    [LoggerMessage(3405, LogLevel.Warning, "Export {Job}: that it failed could not be written down ({Fault})")]
    private partial void LogNotSaved(string job, string fault);

    /// <summary>An export with what ends it.</summary>
    private sealed class Entry(ExportJob job)
    {
        private readonly CancellationTokenSource _end = new();
        private volatile ExportJob _job = job;
        private volatile Task _running = Task.CompletedTask;

        public ExportJob Job
        {
            get => _job;
            set => _job = value;
        }

        public ExportProgress Progress { get; } = new();

        public async Task RunAsync(Func<CancellationToken, Task> work, CancellationToken stoppingToken)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, _end.Token);
            _running = work(either.Token);
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stoppingToken.ThrowIfCancellationRequested();
        }

        public async Task EndAsync()
        {
            await _end.CancelAsync();
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
