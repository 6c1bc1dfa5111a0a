"""Everything that can go wrong, as one tree.

    BatchdockError
    ├── InputError                what was dropped or typed
    │   ├── NothingUsable
    │   ├── FileUnreadable        vanished, locked, or changed while it was sent
    │   ├── FileTooLarge          larger than the service takes
    │   ├── ShardTooLarge         more files or bytes in one tar than the service takes: cut it smaller
    │   ├── SourceGone            the folder, drive or share that the files come from
    │   ├── OtherFolder           not the one that the files come from
    │   ├── Unfit                 what a person brought and can not be used as it is, for reasons
    │   │   ├── WorkflowUnfit     a definition that can not run where it was to
    │   │   └── ModelUnfit        no model, or none that can run here
    │   ├── NotAWorkflow          JSON, but no definition
    │   │   ├── BrokenJson
    │   │   └── TooLargeForAWorkflow
    │   ├── NamesUnfit            a list of names that does not fit the model's classes
    │   ├── ReferencesProblem     a list of references, or what became of it
    │   │   ├── NoReferences      none in it that can be used
    │   │   ├── ListChanged       since it was looked at
    │   │   ├── ListAddressForgotten  it is a secret that nobody keeps
    │   │   ├── ListNotHttps
    │   │   ├── ListTooLarge
    │   │   ├── ListNotFetched
    │   │   ├── NotAllReferencesTakenIn
    │   │   └── QueryEmpty        found nothing in the library of the workspace
    │   └── BadIdentifier
    ├── AccountError              key, plan, permission
    │   ├── KeyRefused            401
    │   │   ├── PublishableKey
    │   │   ├── SignInRefused     user, password or domain
    │   │   ├── AccessKeyRefused  or its secret
    │   │   ├── AccountKeyRefused a key without a secret
    │   │   ├── TokenRunOut
    │   │   ├── KeyLocked         refused too often, for some minutes
    │   │   └── ClockWrong        this computer's
    │   ├── KeyMissing            not entered since the start, or the password store is locked
    │   ├── KeyOfAnotherWorkspace
    │   ├── ProjectUnknown
    │   ├── PlanMissing           402
    │   │   └── NotSubscribed
    │   ├── InArrears             restricted for its bills
    │   ├── AccessDenied          403
    │   ├── AddressNeeded         the key does not tell where it belongs
    │   ├── AddressUnusable
    │   └── UnknownAccount
    ├── ServiceError              the service answered, but not with what was asked
    │   ├── BadRequest            400 and other 4xx
    │   │   ├── ParameterMissing
    │   │   └── NotAskedFor       known to be refused, so it was not sent
    │   ├── NotFound              404
    │   │   └── BatchGone         expired, or removed
    │   ├── AlreadyExists         409
    │   │   ├── NameTaken
    │   │   └── DraftOpen         a branch has one at most
    │   ├── MaybeCreated          the answer is lost, and looking for it did not tell
    │   ├── StillUsed             409 where something was to be removed
    │   ├── UsagePaused           423
    │   ├── CreditsUsedUp         429 that speaks of money
    │   ├── TooManyRequests       every other 429
    │   ├── ServiceTrouble        5xx and 408
    │   ├── NotAllowedNow         the state of a job forbids it
    │   ├── OverQuota
    │   ├── NotOffered            by this service at all
    │   ├── UnreadableAnswer      HTML, half an answer, another shape
    │   │   └── SettingsUnreadable  of one job, as its service has them
    │   ├── NotAllArrived         what was sent is not all there
    │   ├── NotAllFilled          of a draft of a dataset
    │   └── FilesNotTakenIn       and the service said why, by itself
    ├── ConnectionProblem         no answer at all
    │   ├── HostNotFound
    │   ├── MaybeClosed           a service that nobody knows to be there still
    │   ├── NoNetwork             this computer has none at all
    │   ├── SignInNeeded          the network answered in the service's place
    │   ├── ProxyRefused          407, or the proxy itself can not be reached
    │   ├── CertificateRefused
    │   ├── TimedOut
    │   ├── VersionGone           what has arrived of a file is of no use: it is another one by now
    │   └── ConnectionClosed      by this app: the key was replaced, or the account forgotten
    ├── TransferStopped           by the person
    ├── JobProblem                a job ended, but not as it should
    │   ├── JobFailed
    │   ├── FilesNotProcessed
    │   ├── NotAllTakenIn         the service could not take in a part of a batch
    │   ├── StartedAlready        too late to take it back or to change it
    │   ├── NotKnownHowStarted    by another program
    │   ├── FilesGone             to be sent once more, and not there
    │   ├── WorkedOnElsewhere     by another process with the same home folder
    │   └── WaitsForYou           since an earlier run of the app
    ├── WatchingProblem           a watched folder has to do with it
    │   ├── FolderAway            it is looked for again
    │   ├── WatchedElsewhere      another process watches it
    │   ├── WatchingCostsMoney    what nobody sees may not spend without a limit
    │   │   └── WatchingPriceUnknown
    │   ├── WatchLimitReached
    │   ├── WatchBudgetReached    it would have to be asked
    │   ├── ResultsInWatchedFolder
    │   └── NoFolderToWatch
    ├── RecipeProblem
    │   ├── RecipeNameTaken
    │   ├── RecipeGone
    │   ├── NoRecipeOfThis        a job whose files were not sent from here
    │   ├── NothingNew
    │   ├── NewOnlyOfFiles
    │   └── NotARecipe
    │       └── RecipeOfNewerVersion
    ├── BudgetProblem             what a person lets an account spend
    │   ├── BudgetReached         not started: it may go past the hard stop
    │   │   └── BudgetUsedUp      nothing is left at all
    │   └── BudgetPassed          told while jobs run: past the soft stop
    │       └── HardStopPassed
    ├── NotListening              news that services send by themselves are not heard
    │   ├── PortTaken
    │   └── AddressNotHere
    ├── KeystoreProblem
    │   ├── NoKeystore
    │   └── KeystoreSilent        locked, or waiting for a prompt
    ├── LocalServiceProblem       the child process behind *This computer*
    │   ├── LocalServiceBusy      another Batchdock holds the folder
    │   └── LocalServiceStopped
    ├── ResultsUnreadable         nothing there is results
    │   └── ReadingEnded          killed, or out of memory
    ├── PreferenceRefused         a setting that can not be what somebody wants
    │   ├── OutOfRange
    │   ├── NotAnAddress
    │   └── NotAFolder
    └── StorageProblem
        ├── DiskFull
        ├── FolderNotWritable
        ├── MadeByNewerVersion
        ├── NothingToSave
        ├── LargeResults          larger than what is saved unasked
        ├── NoRoomForResults
        ├── NotSavedAsTheyCame    some are left out, or got another name
        ├── NotAllHandedOn        some format could not take them
        ├── NotAllTakenOut        of some datasets
        ├── EventsWithoutPictures the disk has no room for them
        ├── EventsLetGo           too old, or too many
        └── ArchiveDamaged

Each class carries three templates: `title` (what happened), `message` (what the app does now or what it means) and
`advice` (what the person can do). They are English sources; the window translates the templates and then fills in
`values`. `details` is for people who ask for it; whoever fills it has taken every secret out first.
"""

from batchdock.core.errors.accounts import (
    AccessDenied,
    AccessKeyRefused,
    AccountError,
    AccountKeyRefused,
    AddressNeeded,
    AddressUnusable,
    ClockWrong,
    InArrears,
    KeyLocked,
    KeyMissing,
    KeyOfAnotherWorkspace,
    KeyRefused,
    NotSubscribed,
    PlanMissing,
    ProjectUnknown,
    PublishableKey,
    SignInRefused,
    TokenRunOut,
    UnknownAccount,
)
from batchdock.core.errors.base import BatchdockError
from batchdock.core.errors.brought import (
    BadIdentifier,
    BrokenJson,
    FileTooLarge,
    FileUnreadable,
    InputError,
    ModelUnfit,
    NamesUnfit,
    NotAWorkflow,
    NothingUsable,
    OtherFolder,
    ShardTooLarge,
    SourceGone,
    TooLargeForAWorkflow,
    Unfit,
    WorkflowUnfit,
)
from batchdock.core.errors.connection import (
    CertificateRefused,
    ConnectionClosed,
    ConnectionProblem,
    HostNotFound,
    MaybeClosed,
    NoNetwork,
    ProxyRefused,
    SignInNeeded,
    TimedOut,
    TransferStopped,
    VersionGone,
)
from batchdock.core.errors.costs import BudgetPassed, BudgetProblem, BudgetReached, BudgetUsedUp, HardStopPassed
from batchdock.core.errors.hooks import AddressNotHere, NotListening, PortTaken
from batchdock.core.errors.jobs import (
    FilesGone,
    FilesNotProcessed,
    JobFailed,
    JobProblem,
    NotAllTakenIn,
    NotKnownHowStarted,
    StartedAlready,
    WaitsForYou,
    WorkedOnElsewhere,
)
from batchdock.core.errors.keys import KeystoreProblem, KeystoreSilent, NoKeystore
from batchdock.core.errors.local_service import LocalServiceBusy, LocalServiceProblem, LocalServiceStopped
from batchdock.core.errors.preferences import NotAFolder, NotAnAddress, OutOfRange, PreferenceRefused
from batchdock.core.errors.references import (
    ListAddressForgotten,
    ListChanged,
    ListNotFetched,
    ListNotHttps,
    ListTooLarge,
    NoReferences,
    NotAllReferencesTakenIn,
    QueryEmpty,
    ReferencesProblem,
)
from batchdock.core.errors.results import ReadingEnded, ResultsUnreadable
from batchdock.core.errors.service import (
    AlreadyExists,
    BadRequest,
    BatchGone,
    CreditsUsedUp,
    DraftOpen,
    FilesNotTakenIn,
    MaybeCreated,
    NameTaken,
    NotAllArrived,
    NotAllFilled,
    NotAllowedNow,
    NotAskedFor,
    NotFound,
    NotOffered,
    OverQuota,
    ParameterMissing,
    ServiceError,
    ServiceTrouble,
    SettingsUnreadable,
    StillUsed,
    TooManyRequests,
    UnreadableAnswer,
    UsagePaused,
)
from batchdock.core.errors.storage import (
    ArchiveDamaged,
    DiskFull,
    EventsLetGo,
    EventsWithoutPictures,
    FolderNotWritable,
    LargeResults,
    MadeByNewerVersion,
    NoRoomForResults,
    NotAllHandedOn,
    NotAllTakenOut,
    NothingToSave,
    NotSavedAsTheyCame,
    StorageProblem,
)
from batchdock.core.errors.watching import FolderAway, WatchedElsewhere, WatchingCostsMoney, WatchingProblem

__all__ = [
    "AccessDenied",
    "AccessKeyRefused",
    "AccountError",
    "AccountKeyRefused",
    "AddressNeeded",
    "AddressNotHere",
    "AddressUnusable",
    "AlreadyExists",
    "ArchiveDamaged",
    "BadIdentifier",
    "BadRequest",
    "BatchGone",
    "BatchdockError",
    "BrokenJson",
    "BudgetPassed",
    "BudgetProblem",
    "BudgetReached",
    "BudgetUsedUp",
    "CertificateRefused",
    "ClockWrong",
    "ConnectionClosed",
    "ConnectionProblem",
    "CreditsUsedUp",
    "DiskFull",
    "DraftOpen",
    "EventsLetGo",
    "EventsWithoutPictures",
    "FileTooLarge",
    "FileUnreadable",
    "FilesGone",
    "FilesNotProcessed",
    "FilesNotTakenIn",
    "FolderAway",
    "FolderNotWritable",
    "HardStopPassed",
    "HostNotFound",
    "InArrears",
    "InputError",
    "JobFailed",
    "JobProblem",
    "KeyLocked",
    "KeyMissing",
    "KeyOfAnotherWorkspace",
    "KeyRefused",
    "KeystoreProblem",
    "KeystoreSilent",
    "LargeResults",
    "ListAddressForgotten",
    "ListChanged",
    "ListNotFetched",
    "ListNotHttps",
    "ListTooLarge",
    "LocalServiceBusy",
    "LocalServiceProblem",
    "LocalServiceStopped",
    "MadeByNewerVersion",
    "MaybeClosed",
    "MaybeCreated",
    "ModelUnfit",
    "NameTaken",
    "NamesUnfit",
    "NoKeystore",
    "NoNetwork",
    "NoReferences",
    "NoRoomForResults",
    "NotAFolder",
    "NotAWorkflow",
    "NotAllArrived",
    "NotAllFilled",
    "NotAllHandedOn",
    "NotAllReferencesTakenIn",
    "NotAllTakenIn",
    "NotAllTakenOut",
    "NotAllowedNow",
    "NotAnAddress",
    "NotAskedFor",
    "NotFound",
    "NotKnownHowStarted",
    "NotListening",
    "NotOffered",
    "NotSavedAsTheyCame",
    "NotSubscribed",
    "NothingToSave",
    "NothingUsable",
    "OtherFolder",
    "OutOfRange",
    "OverQuota",
    "ParameterMissing",
    "PlanMissing",
    "PortTaken",
    "PreferenceRefused",
    "ProjectUnknown",
    "ProxyRefused",
    "PublishableKey",
    "QueryEmpty",
    "ReadingEnded",
    "ReferencesProblem",
    "ResultsUnreadable",
    "ServiceError",
    "ServiceTrouble",
    "SettingsUnreadable",
    "ShardTooLarge",
    "SignInNeeded",
    "SignInRefused",
    "SourceGone",
    "StartedAlready",
    "StillUsed",
    "StorageProblem",
    "TimedOut",
    "TokenRunOut",
    "TooLargeForAWorkflow",
    "TooManyRequests",
    "TransferStopped",
    "Unfit",
    "UnknownAccount",
    "UnreadableAnswer",
    "UsagePaused",
    "VersionGone",
    "WaitsForYou",
    "WatchedElsewhere",
    "WatchingCostsMoney",
    "WatchingProblem",
    "WorkedOnElsewhere",
    "WorkflowUnfit",
]
