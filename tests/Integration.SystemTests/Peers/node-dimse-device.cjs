// An imaging device by the npm package dcmjs-dimse: tells that an examination begins and is completed (N-CREATE, N-SET), and asks another port for storage
// commitment (N-ACTION). Arguments: port of Dicom.Mpps, port of Dicom.Store, and what to do of it: begin, end, commit (all: none of them). Prints a line for each answer, and one for the report on commitment.
const { Client, Dataset, requests, responses, constants, log } = require('dcmjs-dimse');

const [stepPort, storePort] = process.argv.slice(2, 4).map(Number);
const only = process.argv[4];
log.disableAll();
const step = '1.2.840.99.20260301.1';

function exchange(name, port, request, linger) {
  if (only && only !== name) {
    return undefined;
  }

  return new Promise((resolve, reject) => {
    const client = new Client();
    request.on('response', (response) => console.log(`${name} ${response.getStatus().toString(16).padStart(4, '0')}`));
    client.on('nEventReportRequest', (report, callback) => {
      const dataset = report.getDataset();
      const failed = dataset.getElement('FailedSOPSequence');
      console.log(`report ${report.getEventTypeId()} ${dataset.getElement('TransactionUID')} ${failed.map((f) => `${f.ReferencedSOPInstanceUID}=${f.FailureReason}`).join(',')}`);
      callback(responses.NEventReportResponse.fromRequest(report));
    });
    client.on('closed', resolve);
    client.on('networkError', reject);
    client.on('associationRejected', () => reject(new Error('rejected')));
    client.addRequest(request);
    client.send('127.0.0.1', port, 'CT1', 'INTEGRATION', { associationLingerTimeout: linger });
  });
}

(async () => {
  const begin = new requests.NCreateRequest(constants.SopClass.ModalityPerformedProcedureStep, step);
  begin.setDataset(new Dataset({
    _vrMap: {},
    SpecificCharacterSet: 'ISO_IR 192',
    Modality: 'CT',
    PatientName: 'Wang^XiaoDong=王^小东',
    PatientID: 'P1',
    PerformedStationAETitle: 'CT1',
    PerformedProcedureStepStartDate: '20260301',
    PerformedProcedureStepStartTime: '081500',
    PerformedProcedureStepStatus: 'IN PROGRESS',
    PerformedProcedureStepID: 'PPS1',
    PerformedProcedureStepDescription: '胸部平扫',
    ScheduledStepAttributesSequence: [{ AccessionNumber: 'ACC1', StudyInstanceUID: '1.2.3.4' }],
    PerformedSeriesSequence: [],
  }));
  await exchange('begin', stepPort, begin, 0);

  const end = new requests.NSetRequest(constants.SopClass.ModalityPerformedProcedureStep, step);
  end.setDataset(new Dataset({
    PerformedProcedureStepEndDate: '20260301',
    PerformedProcedureStepEndTime: '083100',
    PerformedProcedureStepStatus: 'COMPLETED',
    PerformedSeriesSequence: [{ SeriesInstanceUID: '1.2.3.4.1', PerformingPhysicianName: 'Zhao^Min' }],
  }));
  await exchange('end', stepPort, end, 0);

  const commit = new requests.NActionRequest(constants.SopClass.StorageCommitmentPushModel, '1.2.840.10008.1.20.1.1', 1);
  commit.setDataset(new Dataset({
    TransactionUID: '1.2.99',
    ReferencedSOPSequence: [{ ReferencedSOPClassUID: '1.2.840.10008.5.1.4.1.1.2', ReferencedSOPInstanceUID: '1.2.3.4.1.1' }],
  }));
  await exchange('commit', storePort, commit, 3000);
})().catch((error) => { console.error(String(error)); process.exit(1); });
