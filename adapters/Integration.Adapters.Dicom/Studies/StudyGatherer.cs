using System.Collections.Concurrent;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Json;
using Integration.Adapters.Dicom.Listening;
using Integration.Adapters.Dicom.Network;
using Integration.Adapters.Dicom.Parsing;
using Integration.Adapters.Dicom.Reports;
using Integration.Adapters.Dicom.Store;
using Integration.Core.Diagnostics;
using Integration.Core.Imaging;
using Integration.Core.Intake;
using Integration.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Dicom.Studies;

/// <summary>How studies are gathered.</summary>
/// <param name="Authority">Of the feed.</param>
/// <param name="QuietTime">A study to which nothing was added for so long becomes a message.</param>
/// <param name="LongestWait">One to which something is added all the time becomes a message after so long.</param>
/// <param name="Authorities">Issuer of patient ids by AE title, for senders that name none.</param>
internal sealed record StudyGatheringOptions(
    string Authority, TimeSpan QuietTime, TimeSpan LongestWait, IReadOnlyDictionary<string, string> Authorities);

/// <summary>
/// Makes one message of the many instances of a study (ADR 13). Each instance is durable before it is acknowledged; when the study is quiet, its message
/// goes to intake, and then the study stands as told. A crash in between makes the same message again. Safe for many threads.
/// </summary>
internal sealed class StudyGatherer(
    string feed, StudyGatheringOptions options, SenderCharsets charsets, StudyLedger ledger, IMessageIntake intake, TimeProvider time, ILogger logger)
    : IInstanceReceiver, IAsyncDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, OpenStudy> _open = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Studies of which instances came and no message was made yet.</summary>
    public int OpenStudies => _open.Count;

    /// <summary>Begins to hand studies on; those that an earlier process left first.</summary>
    public void Start() => _running = RunAsync();

    /// <summary>Hands on what has come, as far as the store and the token allow; the rest is handed on at the next start.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _running;
        try
        {
            await TellDueAsync(DateTimeOffset.MaxValue, cancellationToken);
        }
        catch (StoreUnavailableException exception)
        {
            DicomLog.StoreAway(logger, feed, exception.Message);
        }
        catch (OperationCanceledException)
        {
            // No time left: what is durable is handed on at the next start.
        }
    }

    public async ValueTask<DimseStatus> AcceptAsync(DicomDataSet instance, string sender, CancellationToken cancellationToken)
    {
        charsets.Settle(instance, sender);
        var facts = Instance.Of(instance, options.Authorities.GetValueOrDefault(sender));
        try
        {
            if (StructuredReport.Is(instance) && await TellReportAsync(instance, sender, cancellationToken) is IntakeResult.Refused refused)
            {
                throw new StoreUnavailableException(refused.Reason);
            }

            // A note is no object to look at: it is not kept as an instance of its study.
            var rejections = RejectionNote.In(instance);
            foreach (var rejection in rejections)
            {
                await AgainAsync(() => TryKeepAsync(rejection.StudyUid, study => RejectAsync(study, facts, rejection, cancellationToken), cancellationToken));
            }

            if (rejections.Count == 0)
            {
                await AgainAsync(() => TryKeepAsync(facts.StudyUid, study => KeepAsync(study, facts, cancellationToken), cancellationToken));
            }

            return DimseStatus.Success;
        }
        catch (StoreUnavailableException exception)
        {
            DicomLog.StoreAway(logger, feed, exception.Message);
            return DimseStatus.StoreAway;
        }
    }

    /// <summary>A report is a message of its own, beside the instance that it is in its study.</summary>
    private ValueTask<IntakeResult> TellReportAsync(DicomDataSet report, string sender, CancellationToken cancellationToken)
    {
        var message = DicomJsonWriter.Write(StructuredReport.Of(report, options.Authorities.GetValueOrDefault(sender)));
        return intake.AcceptAsync(DicomMessage.Of(feed, options.Authority, message), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    private static async ValueTask AgainAsync(Func<ValueTask<bool>> tryAsync)
    {
        while (!await tryAsync())
        {
            // Another process of this feed, or the message that was just made, changed the study: read it again.
        }
    }

    /// <param name="change">With the study loaded and its gate held. False: somebody else wrote it.</param>
    /// <returns>False: to be tried again on what the store has now.</returns>
    private async ValueTask<bool> TryKeepAsync(string studyUid, Func<OpenStudy, ValueTask<bool>> change, CancellationToken cancellationToken)
    {
        var study = _open.GetOrAdd(studyUid, uid => new OpenStudy(feed, uid));
        await study.Gate.WaitAsync(cancellationToken);
        try
        {
            if (study.IsClosed)
            {
                return false;
            }

            await LoadAsync(study, cancellationToken);
            if (!await change(study))
            {
                Close(study);
                return false;
            }

            CloseIfTold(study);
            return true;
        }
        catch (StoreUnavailableException)
        {
            // Whether it was written is not known: only the store can say.
            Close(study);
            throw;
        }
        finally
        {
            study.Gate.Release();
        }
    }

    private async ValueTask<bool> KeepAsync(OpenStudy study, Instance facts, CancellationToken cancellationToken)
    {
        var (isKnown, isSameStudy) = study.Compare(facts);
        if (isKnown && isSameStudy)
        {
            return true;
        }

        var added = new InstanceDocument { Study = study.Id, SeriesUid = facts.SeriesUid, SopClassUid = facts.SopClassUid, Hash = facts.Hash };
        var writesStudy = !isSameStudy || !study.IsWaiting;
        if (!await ledger.SaveAsync(
            writesStudy ? study.DocumentWith(facts) : null, study.Version, isKnown ? [] : [added], [], CommitPriority.Intake, cancellationToken))
        {
            return false;
        }

        if (writesStudy)
        {
            study.Take(facts);
            study.Version++;
            study.IsWaiting = true;
        }

        if (!isKnown)
        {
            study.Add(added);
        }

        Touch(study);
        return true;
    }

    private async ValueTask<bool> RejectAsync(OpenStudy study, Instance note, RejectionNote rejection, CancellationToken cancellationToken)
    {
        if (study.Reject(note, rejection, out var gone) is not { } document)
        {
            return true;
        }

        if (!await ledger.SaveAsync(document, study.Version, [], gone, CommitPriority.Intake, cancellationToken))
        {
            return false;
        }

        study.Version++;
        Touch(study);
        return true;
    }

    private void Touch(OpenStudy study)
    {
        study.Last = time.GetUtcNow();
        study.First = study.First == default ? study.Last : study.First;
    }

    private async ValueTask LoadAsync(OpenStudy study, CancellationToken cancellationToken)
    {
        if (study.IsLoaded)
        {
            return;
        }

        var stored = await ledger.FindAsync(study.Id, cancellationToken);
        study.Load(stored?.Study, stored?.Version ?? 0, stored is { Study.IsWaiting: true } ? await ledger.InstancesAsync(study.Id, cancellationToken) : []);
        if (study.IsWaiting)
        {
            study.First = study.Last = time.GetUtcNow();
        }
    }

    private async Task RunAsync()
    {
        var isRecovered = false;
        while (!_stop.IsCancellationRequested)
        {
            var pause = TimeSpan.FromTicks(Math.Max(options.QuietTime.Ticks / 4, TimeSpan.TicksPerMillisecond * 20));
            try
            {
                isRecovered = isRecovered || await RecoverAsync();
                pause = await TellDueAsync(time.GetUtcNow(), _stop.Token) ? pause : RetryDelay;
            }
            catch (StoreUnavailableException exception)
            {
                DicomLog.StoreAway(logger, feed, exception.Message);
                pause = RetryDelay;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // Edge of the loop: a defect with one study must not keep the others back for ever.
                DicomLog.GatherFaulted(logger, exception, feed);
                pause = RetryDelay;
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(pause, time, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    /// <summary>Takes up what an earlier process acknowledged and did not tell.</summary>
    private async Task<bool> RecoverAsync()
    {
        foreach (var uid in await ledger.WaitingAsync(feed, _stop.Token))
        {
            var study = _open.GetOrAdd(uid, key => new OpenStudy(feed, key));
            await study.Gate.WaitAsync(_stop.Token);
            try
            {
                if (!study.IsClosed)
                {
                    await LoadAsync(study, _stop.Token);
                }
            }
            finally
            {
                study.Gate.Release();
            }
        }

        return true;
    }

    /// <returns>False: intake cannot take messages now.</returns>
    private async Task<bool> TellDueAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var study in _open.Values)
        {
            await study.Gate.WaitAsync(cancellationToken);
            try
            {
                var isDue = now == DateTimeOffset.MaxValue || now - study.Last >= options.QuietTime || now - study.First >= options.LongestWait;
                if (!study.IsClosed && study.IsWaiting && isDue && !await TellAsync(study, cancellationToken))
                {
                    return false;
                }

                CloseIfTold(study);
            }
            finally
            {
                study.Gate.Release();
            }
        }

        return true;
    }

    private async Task<bool> TellAsync(OpenStudy study, CancellationToken cancellationToken)
    {
        var message = StudyMessage.Of(feed, options.Authority, study.Attributes, study.Series);
        if (await intake.AcceptAsync(message, cancellationToken) is IntakeResult.Refused)
        {
            return false;
        }

        CrashPoints.Reach(CrashPoints.StudyTold);
        if (!await ledger.SaveAsync(study.ToldDocument(), study.Version, [], study.Untold, CommitPriority.Processing, cancellationToken))
        {
            // Somebody else changed the study: what they see of it is told by them.
            Close(study);
            return true;
        }

        study.Version++;
        study.IsWaiting = false;
        study.Untold.Clear();
        return true;
    }

    private void CloseIfTold(OpenStudy study)
    {
        if (study.IsLoaded && !study.IsWaiting)
        {
            Close(study);
        }
    }

    private void Close(OpenStudy study)
    {
        study.IsClosed = true;
        _open.TryRemove(KeyValuePair.Create(study.Uid, study));
    }
}
