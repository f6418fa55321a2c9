namespace Integration.Core.Diagnostics;

/// <summary>
/// What can be wrong with a message, by stage: 1xxx intake, 2xxx parsing, 3xxx mapping, 4xxx identity, 5xxx record,
/// 6xxx follow-up, 7xxx delivery, 9xxx ours. A number is never reused. Title and remedy of each: <see cref="IntegrationErrors"/>.
/// </summary>
public enum IntegrationErrorCode
{
    FrameTooLong = 1101,
    FrameIncomplete = 1102,
    HeaderUnreadable = 1103,
    ControlIdReused = 1104,
    StoreUnavailable = 1105,
    SequenceGap = 1106,
    BatchCountMismatch = 1111,
    BatchIncomplete = 1112,
    TextOutsideMessages = 1113,

    NotHl7 = 2101,
    DelimitersInvalid = 2102,
    CharsetUnknown = 2103,
    CharsetMismatch = 2104,
    UnknownEscape = 2105,
    SegmentNameInvalid = 2106,
    RequiredSegmentMissing = 2107,
    NestingTooDeep = 2108,
    NotFhir = 2201,
    ResourceInvalid = 2202,
    InteractionUnsupported = 2203,
    NotDicom = 2301,
    NotRows = 2401,
    RowUnreadable = 2402,
    NotReading = 2501,
    UnitNotUsable = 2502,
    VitalSignUnknown = 2503,

    NoMappingForMessage = 3101,
    ValueNotConvertible = 3102,
    CodeNotMapped = 3103,
    RequiredValueMissing = 3104,
    IdentifierMissing = 3105,
    FieldNotRead = 3106,
    ResourceIncomplete = 3107,
    ReferenceUnresolved = 3108,
    StepFailed = 3109,
    ReportedByStep = 3110,

    PatientIdentifierMissing = 4101,
    ResidentIdInvalid = 4102,
    ResidentIdContradicts = 4103,
    MergeSourceUnknown = 4104,
    MergeIntoItself = 4105,
    PatientsNotApart = 4106,
    PatientsAreOne = 4107,
    DeviceNotBound = 4108,
    PatientsKeptApart = 4109,

    OlderThanRecord = 5101,
    TooManyConflicts = 5102,
    ChangedPatient = 5103,

    RuleNotAnswered = 6101,

    CharacterNotInCharset = 7101,
    OutboundValueMissing = 7102,
    DestinationUnreachable = 7201,
    AcknowledgementTimeout = 7202,
    DestinationError = 7203,
    DestinationRejected = 7204,
    DeliveryExpired = 7205,

    InternalFault = 9101,
    ProcessDied = 9102,
    StageHung = 9103,
}
